package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive rows of a forward pass that have equally many keys. Rows of different lengths are one batch wherever
 * weights are multiplied, and apart only where each attends to its own keys: padding costs as much there as keys do.
 *
 * @param rows how many
 * @param masks for each window, or null for none, what the queries of these rows see; null where they see all
 * @param held what these rows attend to besides what is read now: a cache, which every layer extends, or null; or the
 *     encoder's reading
 */
record AttentionSpan<H extends @Nullable HeldRows>(
        int rows, Map<@Nullable Integer, @Nullable NDArray> masks, H held) {

    /** Rows of a decoder that reads {@code tokens}. {@code cache}, if any, is extended by them. */
    static AttentionSpan<@Nullable KeyValueCache> causal(
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
        return new AttentionSpan<>(tokens.rows(), masks, cache);
    }

    /** Rows of a decoder that reads {@code tokens} and attends to all that an encoder read of the same rows. */
    static AttentionSpan<EncodedInput> full(
            NDManager manager, TokenLayout tokens, EncodedInput encoded, DataType type) {
        Map<@Nullable Integer, @Nullable NDArray> masks = new HashMap<>();
        masks.put(null, AttentionMask.full(manager, tokens, encoded.tokens(), type));
        return new AttentionSpan<>(tokens.rows(), masks, encoded);
    }

    /**
     * The spans of all rows of a forward pass.
     *
     * @param held of consecutive rows, one after the other
     * @param toSpan makes a span of its tokens and what is held of it
     */
    static <H extends HeldRows, S extends @Nullable HeldRows> List<AttentionSpan<S>> of(
            TokenLayout tokens, List<H> held, BiFunction<TokenLayout, H, AttentionSpan<S>> toSpan) {
        if (held.size() == 1) {
            return List.of(toSpan.apply(tokens, held.getFirst()));
        }
        List<AttentionSpan<S>> spans = new ArrayList<>();
        int begin = 0;
        for (H part : held) {
            int end = begin + part.rows();
            spans.add(toSpan.apply(tokens.select(IntStream.range(begin, end).toArray()), part));
            begin = end;
        }
        return spans;
    }

    /** What a layer does with a span's own rows of each of the arrays. */
    @FunctionalInterface
    interface Attending<H extends @Nullable HeldRows> {
        NDArray attend(AttentionSpan<H> span, NDList own);
    }

    /** The results for all rows, given arrays of all rows, as queries are; each has a row in its first dimension. */
    static <H extends @Nullable HeldRows> NDArray over(
            List<AttentionSpan<H>> spans, NDList arrays, Attending<H> attending) {
        if (spans.size() == 1) {
            return attending.attend(spans.getFirst(), arrays);
        }
        long[] ends = new long[spans.size() - 1];
        long end = 0;
        for (int i = 0; i < ends.length; i++) {
            end += spans.get(i).rows;
            ends[i] = end;
        }
        List<NDList> split = arrays.stream().map(array -> array.split(ends, 0)).toList();
        NDList results = new NDList();
        for (int i = 0; i < spans.size(); i++) {
            int span = i;
            NDList own = new NDList(split.stream().map(parts -> parts.get(span)).toList());
            results.add(attending.attend(spans.get(i), own));
        }
        return NDArrays.concat(results, 0);
    }
}
