package org.llmmerging.eval.task;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergingException;

/** An evaluation set or a predictions file that cannot be read or used as what it claims to be. Exit code 5. */
public final class DatasetException extends MergingException {
    private static final long serialVersionUID = 1L;

    /** @param problem what is wrong and the remedy, without the file's name */
    public DatasetException(Path file, String problem) {
        this(file, problem, null);
    }

    /** @param problem what is wrong and the remedy, without the file's name */
    public DatasetException(Path file, String problem, @Nullable Throwable cause) {
        super(5, describe(file, problem), cause);
    }
}
