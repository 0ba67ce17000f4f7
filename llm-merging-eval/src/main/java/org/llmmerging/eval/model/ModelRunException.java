package org.llmmerging.eval.model;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergingException;

/** A model that was read and cannot be run on the given examples. Exit code 1. */
public final class ModelRunException extends MergingException {
    private static final long serialVersionUID = 1L;

    /** @param problem what is wrong and the remedy, without the folder's name */
    public ModelRunException(Path folder, String problem) {
        this(folder, problem, null);
    }

    /** @param problem what is wrong and the remedy, without the folder's name */
    public ModelRunException(Path folder, String problem, @Nullable Throwable cause) {
        super(1, describe(folder, problem), cause);
    }
}
