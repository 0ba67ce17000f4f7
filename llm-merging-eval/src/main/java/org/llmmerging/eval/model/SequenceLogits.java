package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The logits of a model at every position of many sequences, in batches of similar length: all of them or the largest
 * few of each position. Memory does not grow with the number of sequences.
 */
public final class SequenceLogits {
    private static final int TOKENS_AT_ONCE = 2048;

    private final LanguageModel model;
    private final int k;

    /**
     * @param model stays the caller's
     * @param k how many logits of each position are wanted, or 0 for all
     * @throws IllegalArgumentException when {@code k} is negative or more than the vocabulary
     */
    public SequenceLogits(LanguageModel model, int k) {
        if (k < 0 || k > model.config().vocabularySize()) {
            throw new IllegalArgumentException(k + " of " + model.config().vocabularySize() + " logits");
        }
        this.model = model;
        this.k = k;
    }

    /**
     * One sequence.
     *
     * @param input what the model reads, at least one token
     * @param labels of an encoder-decoder the tokens that its decoder writes: the logits at position i are those for
     *     {@code labels[i]}; not used for a decoder, whose logits at position i are those for the token after
     *     {@code input[i]}
     */
    public record Sequence(int[] input, int[] labels) {}

    /** Receives logits; on the thread that computes. */
    public interface Receiver {
        /**
         * Logits of consecutive positions, in row-major order.
         *
         * @param sequence index of the sequence
         * @param firstPosition the first of the positions
         * @param values {@code [positions, k or vocabulary]}; with k, the largest of each position, from the largest
         *     down
         * @param tokens the tokens that {@code values} belong to, in the same shape; empty when all are asked for
         */
        void logits(int sequence, int firstPosition, float[] values, int[] tokens);

        /** All positions of so many more sequences are done. */
        void done(int sequences);
    }

    /**
     * Computes them, the longest sequences first.
     *
     * @throws ModelRunException when a logit that was asked for is a NaN or an infinity
     */
    public void compute(List<Sequence> sequences, Receiver receiver) {
        List<Integer> order = IntStream.range(0, sequences.size())
                .boxed()
                .sorted(Comparator.comparingInt((Integer i) -> -length(sequences.get(i))).thenComparing(i -> i))
                .toList();
        int begin = 0;
        while (begin < order.size()) {
            int rows = Math.max(1, TOKENS_AT_ONCE / Math.max(1, length(sequences.get(order.get(begin)))));
            int end = Math.min(order.size(), begin + rows);
            batch(sequences, order.subList(begin, end), receiver);
            receiver.done(end - begin);
            begin = end;
        }
    }

    private static int length(Sequence sequence) {
        return sequence.input().length + sequence.labels().length;
    }

    private void batch(List<Sequence> all, List<Integer> chosen, Receiver receiver) {
        List<int[]> inputs = chosen.stream().map(i -> all.get(i).input()).toList();
        List<int[]> labels = chosen.stream().map(i -> all.get(i).labels()).toList();
        List<int[]> predicting = model instanceof DecoderModel ? inputs : labels;
        try (NDManager scope = model.manager().newSubManager()) {
            NDArray hidden = model.predictingStates(scope, inputs, labels);
            int width = Math.toIntExact(hidden.getShape().get(1));
            for (int row = 0; row < chosen.size(); row++) {
                int first = row * width;
                int[] positions = IntStream.range(first, first + predicting.get(row).length).toArray();
                send(chosen.get(row), hidden, positions, receiver);
            }
        }
    }

    private void send(int sequence, NDArray hidden, int[] positions, Receiver receiver) {
        new LogitChunks(model).compute(hidden, positions, (_, begin, logits) -> {
            if (k == 0) {
                receiver.logits(sequence, begin, finite(logits), new int[0]);
                return;
            }
            try (NDList largest = logits.topK(k, -1, true, true)) {
                float[] values = finite(largest.get(0));
                long[] tokens = largest.get(1).toLongArray();
                receiver.logits(sequence, begin, values, Arrays.stream(tokens).mapToInt(Math::toIntExact).toArray());
            }
        });
    }

    private float[] finite(NDArray logits) {
        float[] read = HostArrays.read(logits);
        for (float logit : read) {
            if (!Float.isFinite(logit)) {
                throw NonFiniteWeights.failure(model);
            }
        }
        return read;
    }
}
