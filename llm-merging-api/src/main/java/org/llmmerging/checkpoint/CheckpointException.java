package org.llmmerging.checkpoint;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergingException;

/** A model folder or weight file that cannot be read as what it claims to be. Exit code 3. */
public final class CheckpointException extends MergingException {
    private static final long serialVersionUID = 1L;

    /** @param problem what is wrong and the remedy, without the file's name */
    public CheckpointException(Path file, String problem) {
        this(file, problem, null);
    }

    /** @param problem what is wrong and the remedy, without the file's name */
    public CheckpointException(Path file, String problem, @Nullable Throwable cause) {
        this(describe(file, problem), cause);
    }

    private CheckpointException(String message, @Nullable Throwable cause) {
        super(3, message, cause);
    }

    /**
     * Several such failures.
     *
     * @param problems whole messages, a line each, with where the file was named
     * @param first that of the first of them, or null where none was thrown
     */
    public static CheckpointException ofSeveral(List<String> problems, @Nullable CheckpointException first) {
        return new CheckpointException(String.join("\n", problems), first);
    }
}
