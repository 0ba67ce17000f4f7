package org.llmmerging;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A failure that a user can cause and repair. Its message is complete on its own: it names the file (and the line,
 * tensor or row), says what is wrong, and what to do about it. The command line prints the message without a stack
 * trace and exits with {@link #exitCode()}.
 *
 * <p>Each kind of failure is one subclass with one exit code.
 */
public abstract class MergingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /**
     * @param exitCode what the process exits with, documented in {@code docs/reference/exit-codes.md}
     * @param message the whole message, the file named in it
     * @param cause what was caught, or null
     */
    protected MergingException(int exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The exit code of a process that ends with this failure; never 0. */
    public final int exitCode() {
        return exitCode;
    }

    /**
     * Puts the file before the text, which is the one form that every message about a file has.
     *
     * @param problem what is wrong, and after a full stop what to do about it
     * @return {@code file: problem}
     */
    protected static String describe(Path file, String problem) {
        return file + ": " + problem;
    }
}
