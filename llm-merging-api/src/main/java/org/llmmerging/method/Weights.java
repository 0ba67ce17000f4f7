package org.llmmerging.method;

import java.util.stream.IntStream;
import org.llmmerging.Parameters;

/** Per-model parameters as arrays. */
final class Weights {
    private Weights() {}

    /** The value of a per-model parameter for each model. */
    static double[] of(String name, int models, Parameters parameters) {
        return IntStream.range(0, models)
                .mapToDouble(model -> parameters.number(name, model))
                .toArray();
    }
}
