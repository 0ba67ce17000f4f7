package org.llmmerging.eval.train.dam.data;

import java.nio.file.Path;
import org.llmmerging.eval.task.DatasetException;
import org.llmmerging.eval.task.ProblemListener;

/**
 * Ends the reading of a file with its first problem.
 *
 * @param file is named in the error
 */
record FirstProblem(Path file) implements ProblemListener {

    @Override
    public void add(String problem) {
        throw new DatasetException(file, problem);
    }

    @Override
    public void addRow(String place, String problem) {
        throw new DatasetException(file, place + ": " + problem);
    }
}
