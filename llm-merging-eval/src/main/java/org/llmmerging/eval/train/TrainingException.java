package org.llmmerging.eval.train;

import org.llmmerging.MergingException;

/** Training that broke off. Checkpoints that it wrote are left. Exit code 1. */
public final class TrainingException extends MergingException {
    private static final long serialVersionUID = 1L;

    /** @param message what happened in which step and layer, and the remedy */
    public TrainingException(String message) {
        super(1, message, null);
    }
}
