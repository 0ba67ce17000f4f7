package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention (Vaswani et al., arXiv:1706.03762) with grouped queries (Ainslie et al.,
 * arXiv:2305.13245): consecutive query heads share a key-value head.
 */
final class Attention {
    /** Beyond so many, the logits leave the caches and their memory is mapped anew each time: rows go one by one. */
    private static final long LOGITS_AT_ONCE = 1 << 20;

    private Attention() {}

    /** {@code [rows, width, heads · size]} to {@code [rows, heads, width, size]}. */
    static NDArray splitHeads(NDArray x, int heads) {
        Shape shape = x.getShape();
        return x.reshape(shape.get(0), shape.get(1), heads, shape.get(2) / heads)
                .transpose(0, 2, 1, 3);
    }

    /**
     * Attends.
     *
     * @param queries {@code [rows, heads, width, size]}
     * @param keys {@code [rows, key-value heads, keys, size]}
     * @param values as {@code keys}
     * @param bias added to the logits, in a shape that broadcasts to {@code [rows, key-value heads, heads per group,
     *     width, keys]}, or null
     * @param scale the logits are multiplied by it
     * @param softCap bounds the logits before the bias, or null
     * @return {@code [rows, width, heads · size]}
     */
    static NDArray attend(
            NDArray queries,
            NDArray keys,
            NDArray values,
            @Nullable NDArray bias,
            double scale,
            @Nullable Double softCap) {
        Shape shape = queries.getShape();
        long rows = shape.get(0);
        if (rows > 1 && rows * shape.get(1) * shape.get(2) * keys.getShape().get(2) > LOGITS_AT_ONCE) {
            NDList results = new NDList();
            for (long row = 0; row < rows; row++) {
                NDIndex index = new NDIndex().addSliceDim(row, row + 1);
                NDArray rowBias = bias == null || bias.getShape().get(0) == 1 ? bias : bias.get(index);
                results.add(
                        attend(queries.get(index), keys.get(index), values.get(index), rowBias, scale, softCap));
            }
            return NDArrays.concat(results, 0);
        }
        long heads = shape.get(1);
        long width = shape.get(2);
        long size = shape.get(3);
        long groups = keys.getShape().get(1);
        long perGroup = heads / groups;
        NDArray grouped = Scaling.times(queries, scale).reshape(rows, groups, perGroup * width, size);
        NDArray logits = grouped.matMul(keys.swapAxes(2, 3));
        if (softCap != null) {
            logits = Layers.softCap(logits, softCap);
        }
        if (bias != null) {
            long keyCount = keys.getShape().get(2);
            // Where there are many keys, another array of this size costs as much as multiplying.
            logits.reshape(rows, groups, perGroup, width, keyCount).addi(bias);
        }
        return logits.softmax(-1)
                .matMul(values)
                .reshape(rows, heads, width, size)
                .transpose(0, 2, 1, 3)
                .reshape(rows, width, heads * size);
    }
}
