package org.llmmerging.eval.run;

import org.llmmerging.MergingException;

/** A step of a registered name that broke off by mistake. Exit code 1. */
final class StepException extends MergingException {
    private static final long serialVersionUID = 1L;

    /** @param message what went wrong, with the jar, the name and the step */
    StepException(String message, Throwable cause) {
        super(1, message, cause);
    }
}
