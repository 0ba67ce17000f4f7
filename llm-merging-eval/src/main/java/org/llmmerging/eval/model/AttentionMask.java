package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.jspecify.annotations.Nullable;

/** Which keys each query sees, as a bias on attention logits: 0 where it sees, very negative where it does not. */
final class AttentionMask {
    /** Far below any logit, and still finite in float16, so that a row of padding stays finite. */
    private static final float HIDDEN = -60000f;

    private AttentionMask() {}

    /**
     * Causal: a query sees itself and what precedes it on its trunk and branch.
     *
     * @param window how many positions back a query sees, itself included, or null for all
     * @return {@code [rows, 1, 1, queries, keys]}, or null when every query sees every key
     */
    static @Nullable NDArray causal(
            NDManager manager, TokenLayout queries, TokenLayout keys, @Nullable Integer window, DataType type) {
        int reach = window == null ? Integer.MAX_VALUE : window;
        return create(manager, queries, keys, type, (row, query, key) -> {
            int segment = keys.segment(row, key);
            int distance = queries.position(row, query) - keys.position(row, key);
            return distance >= 0 && distance < reach && keys.sees(row, queries.segment(row, query), segment);
        });
    }

    /** Every query sees every key that is not padding. Same shape as {@link #causal}. */
    static @Nullable NDArray full(NDManager manager, TokenLayout queries, TokenLayout keys, DataType type) {
        return create(manager, queries, keys, type, (row, query, key) -> true);
    }

    private static @Nullable NDArray create(
            NDManager manager, TokenLayout queries, TokenLayout keys, DataType type, Visibility visibility) {
        int rows = queries.rows();
        int width = queries.width();
        int keyCount = keys.width();
        long size = (long) rows * width * keyCount;
        if (size > Integer.MAX_VALUE) {
            throw new OutOfMemoryError(size + " attention logits of each head");
        }
        float[] mask = new float[(int) size];
        boolean hides = false;
        int index = 0;
        for (int row = 0; row < rows; row++) {
            for (int query = 0; query < width; query++) {
                for (int key = 0; key < keyCount; key++, index++) {
                    if (keys.segment(row, key) == TokenLayout.PADDING || !visibility.sees(row, query, key)) {
                        mask[index] = HIDDEN;
                        hides = true;
                    }
                }
            }
        }
        if (!hides) {
            return null;
        }
        NDArray array = HostArrays.floats(manager, new Shape(rows, 1, 1, width, keyCount), buffer -> buffer.put(mask));
        return array.toType(type, false);
    }

    private interface Visibility {
        boolean sees(int row, int query, int key);
    }
}
