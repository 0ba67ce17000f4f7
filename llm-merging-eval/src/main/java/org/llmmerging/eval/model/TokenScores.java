package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Log-probabilities of chosen tokens. */
final class TokenScores {
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
        LogitChunks chunks = new LogitChunks(model);
        int[] all = positions.stream().mapToInt(each -> each[0]).toArray();
        chunks.compute(hidden, all, (scope, begin, logits) -> {
            int count = Math.toIntExact(logits.getShape().get(0));
            int[] tokens = new int[count];
            Arrays.setAll(tokens, i -> positions.get(begin + i)[1]);
            NDArray targets = HostArrays.indices(scope, tokens).reshape(count, 1);
            try (NDArray result = Layers.scoped(() -> logits.logSoftmax(-1).gather(targets, 1))) {
                float[] values = chunks.read(result);
                for (int i = 0; i < count; i++) {
                    scores.get(begin + i)[positions.get(begin + i)[2]] = values[i];
                }
            }
        });
    }
}
