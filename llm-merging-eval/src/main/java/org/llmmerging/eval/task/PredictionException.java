package org.llmmerging.eval.task;

import java.nio.file.Path;
import org.llmmerging.MergingException;

/** A model that gave no usable answer to a row, such as a score that is not a number. Exit code 7. */
public final class PredictionException extends MergingException {
    private static final long serialVersionUID = 1L;

    /**
     * @param file the data set
     * @param problem which row, what is wrong and the remedy, without the file's name
     */
    public PredictionException(Path file, String problem) {
        super(7, describe(file, problem), null);
    }
}
