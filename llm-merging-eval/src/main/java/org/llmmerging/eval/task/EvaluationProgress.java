package org.llmmerging.eval.task;

/** Is notified how far an evaluation has come, on the thread that evaluates. */
public interface EvaluationProgress {
    /** Ignores everything. */
    EvaluationProgress NONE = new EvaluationProgress() {};

    /**
     * A set begins.
     *
     * @param rows number of its rows that are still to be predicted
     * @param resumed number of its rows that an interrupted run has predicted
     */
    default void begin(Dataset dataset, int rows, int resumed) {
        // Whoever wants to know overrides this.
    }

    /** So many more rows of the set are predicted, and kept if the run is interrupted now. */
    default void predicted(int rows) {
        // Whoever wants to know overrides this.
    }

    /** The set is done. */
    default void end() {
        // Whoever wants to know overrides this.
    }
}
