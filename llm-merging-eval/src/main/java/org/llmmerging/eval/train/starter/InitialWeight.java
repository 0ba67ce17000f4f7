package org.llmmerging.eval.train.starter;

import org.llmmerging.tensor.Shape;

/**
 * One weight of a starter model before training: a name and the normal distribution its values are drawn from.
 *
 * @param name the name that Hugging Face's implementation gives it
 * @param standardDeviation of the distribution, and the unit in which a fine-tune's changes are measured
 */
record InitialWeight(String name, Shape shape, double mean, double standardDeviation) {
    private static final double NORM_STANDARD_DEVIATION = 0.02;

    /** A matrix of a linear layer or an embedding, {@code rows} outputs by {@code columns} inputs, around 0. */
    static InitialWeight matrix(String name, long rows, long columns, double standardDeviation) {
        return new InitialWeight(name, Shape.of(rows, columns), 0, standardDeviation);
    }

    /** The scale of a normalisation layer, near 1. */
    static InitialWeight norm(String name, long size) {
        return new InitialWeight(name, Shape.of(size), 1, NORM_STANDARD_DEVIATION);
    }
}
