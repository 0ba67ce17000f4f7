package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * Arithmetic of an array and a number that may be differentiated. The engine's own methods for numbers may not: they
 * hand over memory of the Java heap's keeping, which autograd goes on using after it has been freed.
 */
public final class Scaling {
    private Scaling() {}

    /** {@code x · number}, float32 where {@code x} is. */
    public static NDArray times(NDArray x, double number) {
        try (NDArray factor = scalar(x, number)) {
            return x.mul(factor);
        }
    }

    /** The larger of each element and the number, float32 where {@code x} is. */
    public static NDArray atLeast(NDArray x, double number) {
        try (NDArray least = scalar(x, number)) {
            return x.maximum(least);
        }
    }

    /** In memory of the engine's own. */
    private static NDArray scalar(NDArray x, double number) {
        return x.getManager().full(new Shape(), (float) number, DataType.FLOAT32);
    }
}
