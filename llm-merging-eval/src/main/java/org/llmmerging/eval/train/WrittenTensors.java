package org.llmmerging.eval.train;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.BiFunction;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.SafetensorsFile;
import org.llmmerging.config.FileProblem;

/** Opens safetensors files that a command wrote and can write again: to download one, as of a model, is no remedy. */
public final class WrittenTensors {
    private WrittenTensors() {}

    /**
     * Opens a file.
     *
     * @param remedy follows what is wrong with a file that is missing or damaged
     * @param refusal the exception to throw, of what is wrong with the file, its name left out, and the cause
     */
    public static SafetensorsFile open(
            Path file, String remedy, BiFunction<String, CheckpointException, ? extends MergingException> refusal) {
        try {
            return SafetensorsFile.open(file);
        } catch (CheckpointException unreadable) {
            String problem = switch (unreadable.getCause()) {
                case NoSuchFileException _ -> "is missing" + remedy;
                case AccessDeniedException _ -> "cannot be read; check its permissions";
                // The file may be sound, as where too many are open.
                case FileSystemException refused -> "cannot be read: " + FileProblem.of(refused);
                case null, default -> "is damaged or cannot be read" + remedy;
            };
            throw refusal.apply(problem, unreadable);
        }
    }
}
