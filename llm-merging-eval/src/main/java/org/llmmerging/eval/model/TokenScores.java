package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Log-probabilities of chosen tokens: only the hidden states that predict them are projected to the vocabulary, and a
 * bounded number at a time.
 */
final class TokenScores {
    /** 64 MiB of float32 logits. */
    private static final int LOGITS_AT_ONCE = 1 << 24;

    private final LanguageModel model;
    private final List<int[]> positions = new ArrayList<>();
    private final List<float[]> scores = new ArrayList<>();

    TokenScores(LanguageModel model) {
        this.model = model;
    }

    /**
     * Asks for the log-probability of one token.
     *
     * @param position index of the hidden state that predicts it, counted over rows and columns
     * @param into where the log-probability goes, at index {@code at}
     */
    void request(int position, int token, float[] into, int at) {
        positions.add(new int[] {position, token, at});
        scores.add(into);
    }

    /** Whether nothing was asked for. */
    boolean isEmpty() {
        return positions.isEmpty();
    }

    /**
     * Computes what was asked for.
     *
     * @param hidden {@code [rows, width, hidden]}
     * @throws ModelRunException when a log-probability is NaN
     */
    void compute(NDArray hidden) {
        int chunk = Math.max(1, LOGITS_AT_ONCE / model.config().vocabularySize());
        for (int begin = 0; begin < positions.size(); begin += chunk) {
            compute(hidden, begin, Math.min(chunk, positions.size() - begin));
        }
    }

    private void compute(NDArray hidden, int begin, int count) {
        int[] rows = new int[count];
        int[] tokens = new int[count];
        Arrays.setAll(rows, i -> positions.get(begin + i)[0]);
        Arrays.setAll(tokens, i -> positions.get(begin + i)[1]);
        float[] values;
        try (NDManager scope = model.manager().newSubManager();
                NDArray result = Layers.scoped(() -> {
                    NDArray targets = HostArrays.indices(scope, tokens).reshape(count, 1);
                    return model.logitsAt(scope, hidden, rows).logSoftmax(-1).gather(targets, 1);
                })) {
            values = HostArrays.read(result);
        }
        for (int i = 0; i < count; i++) {
            if (Float.isNaN(values[i])) {
                throw NonFiniteWeights.failure(model);
            }
            scores.get(begin + i)[positions.get(begin + i)[2]] = values[i];
        }
    }
}
