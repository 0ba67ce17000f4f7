package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.function.DoubleUnaryOperator;

/**
 * Rotary position embedding (Su et al., arXiv:2104.09864) for the tokens of one forward pass. Dimension i is paired
 * with dimension i + size/2, as Hugging Face stores Llama weights.
 */
final class RotaryEmbedding {
    private final NDArray cosines;
    /** Of the first half of the dimensions negated. */
    private final NDArray sines;

    private RotaryEmbedding(NDArray cosines, NDArray sines) {
        this.cosines = cosines;
        this.sines = sines;
    }

    /** @param frequencies radians per position of each pair */
    static RotaryEmbedding at(NDManager manager, TokenLayout tokens, float[] frequencies, DataType type) {
        return new RotaryEmbedding(
                table(manager, tokens, frequencies, Math::cos, 1, type),
                table(manager, tokens, frequencies, Math::sin, -1, type));
    }

    /** Turns {@code [rows, heads, width, size]}. */
    NDArray apply(NDArray x) {
        NDList halves = x.split(2, 3);
        NDArray swapped = NDArrays.concat(new NDList(halves.get(1), halves.get(0)), 3);
        return x.mul(cosines).addi(swapped.muli(sines));
    }

    private static NDArray table(
            NDManager manager,
            TokenLayout tokens,
            float[] frequencies,
            DoubleUnaryOperator function,
            int firstSign,
            DataType type) {
        int pairs = frequencies.length;
        NDArray table = HostArrays.floats(manager, new Shape(tokens.rows(), 1, tokens.width(), 2L * pairs), buffer -> {
            float[] row = new float[2 * pairs];
            for (int i = 0; i < tokens.rows(); i++) {
                for (int column = 0; column < tokens.width(); column++) {
                    int position = tokens.position(i, column);
                    for (int pair = 0; pair < pairs; pair++) {
                        // The angle is rounded to float32, as in the reference.
                        row[pair + pairs] = (float) function.applyAsDouble(position * frequencies[pair]);
                        row[pair] = firstSign * row[pair + pairs];
                    }
                    buffer.put(row);
                }
            }
        });
        return table.toType(type, false);
    }
}
