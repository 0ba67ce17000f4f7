package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.SparseFormat;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The pieces that every family is made of. Results belong to the manager of the first argument. */
final class Layers {
    private Layers() {}

    /** Rows of {@code table} for each id. */
    static NDArray embedding(NDArray ids, NDArray table) {
        return ids.getNDArrayInternal().embedding(ids, table, SparseFormat.DENSE).singletonOrThrow();
    }

    /** The slices of {@code x} along its first dimension that {@code indices} names, in that order. */
    static NDArray selectRows(NDArray x, NDArray indices) {
        return x.get(indices);
    }

    /** {@code x · weightᵀ + bias}. */
    static NDArray linear(NDArray x, NDArray weight, @Nullable NDArray bias) {
        if (WeightProduct.suits(weight)) {
            NDArray product = WeightProduct.of(x, weight);
            return bias == null ? product : product.addi(bias);
        }
        return x.getNDArrayInternal().linear(x, weight, bias).singletonOrThrow();
    }

    /** The linear layer called {@code name}, with a bias when the weights have one. */
    static NDArray linear(NDArray x, Weights weights, String name) {
        String bias = name + ".bias";
        return linear(x, weights.get(name + ".weight"), weights.contains(bias) ? weights.get(bias) : null);
    }

    /** {@code gate · up}, element by element; written over {@code up}, for the backward pass of ReLU reads the gate. */
    static NDArray gated(NDArray gate, NDArray up) {
        return up.muli(gate);
    }

    /**
     * Divides by the root mean square of the last dimension (Zhang and Sennrich, arXiv:1910.07467), in float32, and
     * multiplies by {@code weight + offset}.
     */
    static NDArray rootMeanSquareNorm(NDArray x, NDArray weight, double offset, double epsilon) {
        NDArray wide = wide(x);
        NDArray rootMeanSquare = wide.square().mean(new int[] {-1}, true).add(epsilon).sqrt();
        NDArray scaled = wide.div(rootMeanSquare).toType(x.getDataType(), false);
        NDArray factor = offset == 0 ? weight : weight.add(offset);
        return scaled.getDataType() == factor.getDataType() ? scaled.muli(factor) : scaled.mul(factor);
    }

    /** As float32; the array itself when it is. */
    static NDArray wide(NDArray x) {
        return x.toType(DataType.FLOAT32, false);
    }

    /** {@code cap · tanh(x / cap)}. */
    static NDArray softCap(NDArray x, double cap) {
        return Scaling.times(Scaling.times(x, 1 / cap).tanh(), cap);
    }

    /** Runs {@code body} and closes every array that it made, its result aside. */
    static NDArray scoped(Supplier<NDArray> body) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray result = body.get();
            NDScope.unregister(result);
            return result;
        }
    }
}
