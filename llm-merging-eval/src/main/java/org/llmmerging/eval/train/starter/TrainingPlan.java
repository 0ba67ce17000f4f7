package org.llmmerging.eval.train.starter;

/**
 * How long and how fast a model is trained.
 *
 * @param steps number of updates
 * @param rows texts that make one update
 * @param learningRate at its highest; it falls along a cosine after a short warm-up
 * @param everyToken whether every token of a text is to be predicted, or its continuation alone
 */
record TrainingPlan(int steps, int rows, double learningRate, boolean everyToken) {
    /** Share of the steps during which the rate rises. */
    static final double WARM_UP = 0.05;

    static final double WEIGHT_DECAY = 0.01;

    /** Largest norm of a gradient. */
    static final double LARGEST_GRADIENT = 1;
}
