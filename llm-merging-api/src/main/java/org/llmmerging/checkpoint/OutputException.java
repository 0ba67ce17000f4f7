package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergingException;
import org.llmmerging.config.FileProblem;

/** A result that cannot be written where it was asked for. Nothing is left behind. Exit code 4. */
public final class OutputException extends MergingException {
    private static final long serialVersionUID = 1L;

    private final transient Path path;
    private final String problem;

    /** @param problem what is wrong and the remedy, without the path */
    public OutputException(Path path, String problem) {
        this(path, problem, null);
    }

    /** @param problem what is wrong and the remedy, without the path */
    public OutputException(Path path, String problem, @Nullable Throwable cause) {
        super(4, describe(path, problem), cause);
        this.path = path;
        this.problem = problem;
    }

    /** What is wrong and the remedy, without the path. */
    public String problem() {
        return problem;
    }

    /** The same failure of a path that goes by another name, if it is {@code from} or lies in it. */
    OutputException renamed(Path from, Path to) {
        return path.startsWith(from) ? new OutputException(to.resolve(from.relativize(path)), problem, this) : this;
    }

    /**
     * Puts a failure of the file system into words.
     *
     * @param bytesNeeded how much was to be written in total, for a full disk; 0 when not known
     */
    public static OutputException of(Path path, IOException failure, long bytesNeeded) {
        if (failure instanceof AccessDeniedException) {
            return new OutputException(
                    path, "may not be written. Change its permissions or name another output folder", failure);
        }
        if (failure instanceof FileAlreadyExistsException taken && path.toString().equals(taken.getFile())) {
            return new OutputException(path, "is there already. Move it away or name another output folder", failure);
        }
        String reason = FileProblem.of(failure);
        String lower = reason.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("not enough space") || lower.contains("quota")) {
            String amount = bytesNeeded > 0 ? " " + bytesNeeded + " bytes are needed in all." : "";
            return new OutputException(
                    path, "the disk is full." + amount + " Free some space or name a folder on another disk", failure);
        }
        if (lower.contains("too many open files")) {
            return new OutputException(
                    path, "cannot be opened: too many files are open. Raise the limit (ulimit -n)", failure);
        }
        return new OutputException(path, "cannot be written: " + reason + ". Name another output folder", failure);
    }

    /** A file that a result is to be added to, or put into, and that cannot be read. */
    public static OutputException unreadable(Path path, IOException failure) {
        return new OutputException(
                path, "cannot be read (" + FileProblem.of(failure) + "). Make it readable, or move it away", failure);
    }
}
