package org.llmmerging.eval.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Groups examples of similar length, so that little is padding and a batch stays within its tokens. */
final class LengthBatches {

    private LengthBatches() {}

    /**
     * Indices of the examples of each batch, the longest first: what does not fit in memory fails at once.
     *
     * @param lengths number of tokens of each example
     * @param tokens most tokens of a batch, padding counted; an example with more is a batch of its own
     */
    static List<int[]> of(int[] lengths, int tokens) {
        List<Integer> order = IntStream.range(0, lengths.length)
                .boxed()
                .sorted(Comparator.comparingInt((Integer i) -> -lengths[i]))
                .toList();
        List<int[]> batches = new ArrayList<>();
        int begin = 0;
        while (begin < order.size()) {
            int longest = Math.max(1, lengths[order.get(begin)]);
            int count = Math.clamp(tokens / longest, 1, order.size() - begin);
            batches.add(order.subList(begin, begin + count).stream()
                    .mapToInt(Integer::intValue)
                    .toArray());
            begin += count;
        }
        return batches;
    }
}
