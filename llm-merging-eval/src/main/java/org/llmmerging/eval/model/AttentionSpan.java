package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive rows of a forward pass that have equally many keys. Rows of different lengths are one batch wherever
 * weights are multiplied, and apart only where each attends to its own keys: padding costs as much there as keys do.
 *
 * @param rows how many
 * @param masks for each window, or null for none, what the queries of these rows see; null where they see all
 * @param cache what these rows have read, extended by every layer, or null
 */
record AttentionSpan(
        int rows, Map<@Nullable Integer, @Nullable NDArray> masks, @Nullable KeyValueCache cache) {

    /** Rows of a decoder that reads {@code tokens}. {@code cache}, if any, is extended by them. */
    static AttentionSpan causal(
            NDManager manager,
            TokenLayout tokens,
            @Nullable KeyValueCache cache,
            List<@Nullable Integer> windows,
            DataType type) {
        TokenLayout keys = cache == null ? tokens : cache.extend(tokens);
        Map<@Nullable Integer, @Nullable NDArray> masks = new HashMap<>();
        for (Integer window : windows) {
            if (!masks.containsKey(window)) {
                masks.put(window, AttentionMask.causal(manager, tokens, keys, window, type));
            }
        }
        return new AttentionSpan(tokens.rows(), masks, cache);
    }

    /** What a layer does with the queries, keys and values of a span. */
    @FunctionalInterface
    interface Attending {
        NDArray attend(AttentionSpan span, NDArray queries, NDArray keys, NDArray values);
    }

    /**
     * The results for all rows, given the queries, keys and values of all rows; each has a row in its first dimension.
     */
    static NDArray over(
            List<AttentionSpan> spans, NDArray queries, NDArray keys, NDArray values, Attending attending) {
        if (spans.size() == 1) {
            return attending.attend(spans.getFirst(), queries, keys, values);
        }
        long[] ends = new long[spans.size() - 1];
        long end = 0;
        for (int i = 0; i < ends.length; i++) {
            end += spans.get(i).rows;
            ends[i] = end;
        }
        NDList ownQueries = queries.split(ends, 0);
        NDList ownKeys = keys.split(ends, 0);
        NDList ownValues = values.split(ends, 0);
        NDList results = new NDList();
        for (int i = 0; i < spans.size(); i++) {
            results.add(attending.attend(spans.get(i), ownQueries.get(i), ownKeys.get(i), ownValues.get(i)));
        }
        return NDArrays.concat(results, 0);
    }
}
