package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Generation that always takes the most likely token, a penalty on repetition counted. A sequence that is finished
 * leaves the batch.
 */
final class GreedyGenerator {
    private final LanguageModel model;
    private final int padId;
    private final GenerationConfig config;

    GreedyGenerator(LanguageModel model, int padId, GenerationConfig config) {
        this.model = model;
        this.padId = padId;
        this.config = config;
    }

    /**
     * Continues every prompt.
     *
     * @param prompts with special tokens, none empty, in the order of the parts
     * @param parts by which they are read and held
     * @param limits for each prompt, most new tokens, at least 1
     * @param ends whether a token ends its sequence
     * @return for each prompt its new tokens, the one that ends it included
     * @throws ModelRunException when logits are NaN
     */
    List<int[]> generate(List<int[]> prompts, List<PromptBatches.Part> parts, int[] limits, IntPredicate ends) {
        List<IntStream.Builder> results = new ArrayList<>();
        prompts.forEach(prompt -> results.add(IntStream.builder()));
        List<BitSet> present = prompts.stream().map(this::firstTokens).toList();
        int[] active = IntStream.range(0, prompts.size()).toArray();
        try (DecodingSession session = DecodingSession.open(model, prompts, parts, padId, config)) {
            int[] tokens = mostLikely(session, new int[0], present);
            for (int count = 1;; count++) {
                for (int row = 0; row < active.length; row++) {
                    results.get(active[row]).add(tokens[row]);
                    present.get(row).set(tokens[row]);
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
                    List<BitSet> all = present;
                    present = Arrays.stream(kept).mapToObj(all::get).toList();
                }
                tokens = mostLikely(session, tokens, present);
            }
        }
    }

    /** The tokens of a sequence before the first new one: the prompt, or what a decoder that reads none begins with. */
    private BitSet firstTokens(int[] prompt) {
        BitSet tokens = new BitSet();
        switch (model) {
            case DecoderModel _ -> Arrays.stream(prompt).forEach(tokens::set);
            case EncoderDecoderModel both -> tokens.set(config.startToken(both.config()));
        }
        return tokens;
    }

    /**
     * The token that follows {@code latest}, or the prompts when there is none yet.
     *
     * @param present the tokens of each sequence in the batch
     */
    private int[] mostLikely(DecodingSession session, int[] latest, List<BitSet> present) {
        try (NDManager scope = model.manager().newSubManager()) {
            NDArray logits = latest.length == 0 ? session.firstLogits(scope) : session.nextLogits(scope, latest);
            for (float largest : HostArrays.read(logits.max(new int[] {1}))) {
                if (Float.isNaN(largest)) {
                    throw NonFiniteWeights.failure(model);
                }
            }
            if (!config.penalty().isNone()) {
                return mostLikelyPenalized(HostArrays.read(logits), present);
            }
            return Arrays.stream(logits.argMax(1).toLongArray())
                    .mapToInt(Math::toIntExact)
                    .toArray();
        }
    }

    /** @param logits of each sequence in the batch, one after the other */
    private int[] mostLikelyPenalized(float[] logits, List<BitSet> present) {
        int vocabulary = logits.length / present.size();
        int[] tokens = new int[present.size()];
        for (int row = 0; row < tokens.length; row++) {
            float[] scores = Arrays.copyOfRange(logits, row * vocabulary, (row + 1) * vocabulary);
            config.penalty().apply(scores, present.get(row));
            for (int token = 1; token < vocabulary; token++) {
                tokens[row] = scores[token] > scores[tokens[row]] ? token : tokens[row];
            }
        }
        return tokens;
    }
}
