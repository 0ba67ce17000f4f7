package org.llmmerging.merge;

import org.jspecify.annotations.Nullable;
import org.llmmerging.MergingException;

/** A merge that started and could not be finished. Exit code 1. */
public final class MergeException extends MergingException {
    private static final long serialVersionUID = 1L;

    /** @param message what went wrong, with the model and tensor, and the remedy */
    public MergeException(String message) {
        this(message, null);
    }

    /** @param message what went wrong, with the model and tensor, and the remedy */
    public MergeException(String message, @Nullable Throwable cause) {
        super(1, message, cause);
    }
}
