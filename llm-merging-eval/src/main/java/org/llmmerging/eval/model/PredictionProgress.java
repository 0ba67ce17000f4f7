package org.llmmerging.eval.model;

/** Is notified how far a prediction has come, and what is odd about it, on the thread that predicts. */
@FunctionalInterface
public interface PredictionProgress {
    /** Ignores everything. */
    PredictionProgress NONE = (completed, total) -> {};

    /**
     * More examples are done.
     *
     * @param completed number of examples done so far in this call
     * @param total number of examples of this call
     */
    void update(int completed, int total);

    /** What the user should know of the answers; reported once. */
    default void note(String text) {}
}
