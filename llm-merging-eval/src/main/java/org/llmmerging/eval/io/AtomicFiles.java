package org.llmmerging.eval.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.StagedFile;

/** Writes texts to files that are there whole or not at all. */
public final class AtomicFiles {
    private AtomicFiles() {}

    /**
     * Writes a file and the folders it needs.
     *
     * @throws OutputException when that fails; a file that was there before is unchanged
     */
    public static void write(Path file, String text) {
        StagedFile.write(file, staged -> Files.write(staged, text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * What a file holds that is to be written anew; empty when it is not there.
     *
     * @throws OutputException when it cannot be read
     */
    public static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw OutputException.unreadable(file, e);
        }
    }

    /** Adds a line to a file, which need not exist yet, as one change. */
    public static void appendLine(Path file, String line) {
        String before = text(file);
        String separator = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
        write(file, before + separator + line + "\n");
    }
}
