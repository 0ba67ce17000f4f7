package org.llmmerging.method;

import java.util.stream.IntStream;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.config.ConfigException;

/** Per-model parameters as arrays. */
final class PerModelValues {
    /** A sum this small beside the weights is zero but for rounding. */
    private static final double CANCELLED = 1e-12;

    private PerModelValues() {}

    /** {@code weight} as methods have it that take any number and need one for each model. */
    static ParameterSpec parameter() {
        return ParameterSpec.perModel("weight")
                .describedAs("how much the model counts; below 0 turns its difference around");
    }

    /** The value of a per-model parameter for each model. */
    static double[] of(String name, int models, Parameters parameters) {
        return IntStream.range(0, models)
                .mapToDouble(model -> parameters.number(name, model))
                .toArray();
    }

    /**
     * Divides weights by their sum.
     *
     * @param flag the switch that asks for it
     * @throws ConfigException when they sum to zero
     */
    static void normalize(double[] weights, String method, String flag) {
        double sum = 0;
        double magnitude = 0;
        for (double weight : weights) {
            sum += weight;
            magnitude += Math.abs(weight);
        }
        if (Math.abs(sum) <= CANCELLED * magnitude) {
            throw new ConfigException(
                    method + ": the weights sum to zero, so they cannot be normalized. Change a weight, or set " + flag
                            + ": false");
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= sum;
        }
    }
}
