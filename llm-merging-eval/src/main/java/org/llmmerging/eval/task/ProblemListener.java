package org.llmmerging.eval.task;

/** Is notified of what is wrong with a file while it is read. May throw, which ends the reading. */
public interface ProblemListener {

    /** @param problem where in the file, what is wrong and the remedy */
    void add(String problem);

    /**
     * Adds the problem of one row.
     *
     * @param place where the row is, such as {@code row 3 (line 9)}
     * @param problem what is wrong and the remedy
     */
    void addRow(String place, String problem);
}
