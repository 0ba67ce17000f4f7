package org.llmmerging.method;

import org.llmmerging.TensorInputs;

/** Kullback-Leibler divergence of the softmax of a model's row from the softmax of the base's, in nats, float64. */
final class RowDivergence {
    /** Added to each probability. */
    private static final double EPSILON = 1e-8;

    private RowDivergence() {}

    /** One figure for each row of the first model, a row being a run of the last dimension; never negative. */
    static double[] ofAll(TensorInputs inputs) {
        int columns = Math.toIntExact(inputs.shape().columns());
        double[] divergences = new double[Math.toIntExact(inputs.shape().rows())];
        inputs.rows().perChunk(chunk -> {
            int row = (int) (chunk.offset() / columns);
            double[] model = new double[columns];
            double[] base = new double[columns];
            for (int from = 0; from < chunk.length(); from += columns) {
                softmax(chunk.model(0), from, model);
                softmax(chunk.base(), from, base);
                divergences[row++] = divergence(model, base);
            }
            return 0;
        });
        return divergences;
    }

    private static void softmax(float[] values, int from, double[] probabilities) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < probabilities.length; i++) {
            largest = Math.max(largest, values[from + i]);
        }
        double sum = 0;
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = Math.exp(values[from + i] - largest);
            sum += probabilities[i];
        }
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = probabilities[i] / sum + EPSILON;
        }
    }

    private static double divergence(double[] p, double[] q) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += p[i] * Math.log(p[i] / q[i]);
        }
        return Math.max(0, sum);
    }
}
