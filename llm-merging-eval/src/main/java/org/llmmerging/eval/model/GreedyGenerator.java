package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Generation that always takes the most likely token. A sequence that is finished leaves the batch. */
final class GreedyGenerator {
    private final LanguageModel model;
    private final int padId;

    GreedyGenerator(LanguageModel model, int padId) {
        this.model = model;
        this.padId = padId;
    }

    /**
     * Continues every prompt.
     *
     * @param prompts with special tokens, none empty, in the order of the passes
     * @param passes by which a decoder reads them
     * @param limits for each prompt, most new tokens, at least 1
     * @param ends whether a token ends its sequence
     * @return for each prompt its new tokens, the one that ends it included
     * @throws ModelRunException when logits are NaN
     */
    List<int[]> generate(List<int[]> prompts, List<PromptBatches.Pass> passes, int[] limits, IntPredicate ends) {
        List<IntStream.Builder> results = new ArrayList<>();
        prompts.forEach(prompt -> results.add(IntStream.builder()));
        int[] active = IntStream.range(0, prompts.size()).toArray();
        try (DecodingSession session = DecodingSession.open(model, prompts, passes, padId)) {
            int[] tokens = mostLikely(session, new int[0]);
            for (int count = 1;; count++) {
                for (int row = 0; row < active.length; row++) {
                    results.get(active[row]).add(tokens[row]);
                }
                int[] latest = tokens;
                int[] rows = active;
                int generated = count;
                int[] kept = IntStream.range(0, active.length)
                        .filter(row -> !ends.test(latest[row]) && generated < limits[rows[row]])
                        .toArray();
                if (kept.length == 0) {
                    return results.stream().map(result -> result.build().toArray()).toList();
                }
                if (kept.length < active.length) {
                    session.keep(kept);
                    active = Arrays.stream(kept).map(row -> rows[row]).toArray();
                    tokens = Arrays.stream(kept).map(row -> latest[row]).toArray();
                }
                tokens = mostLikely(session, tokens);
            }
        }
    }

    /** The token that follows {@code latest}, or the prompts when there is none yet. */
    private int[] mostLikely(DecodingSession session, int[] latest) {
        try (NDManager scope = model.manager().newSubManager()) {
            NDArray logits = latest.length == 0 ? session.firstLogits(scope) : session.nextLogits(scope, latest);
            for (float largest : HostArrays.read(logits.max(new int[] {1}))) {
                if (Float.isNaN(largest)) {
                    throw NonFiniteWeights.failure(model);
                }
            }
            return Arrays.stream(logits.argMax(1).toLongArray())
                    .mapToInt(Math::toIntExact)
                    .toArray();
        }
    }
}
