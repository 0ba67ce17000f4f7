package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** Logits at many positions: only these are projected to the vocabulary, and a bounded number of bytes at a time. */
final class LogitChunks {
    /** 64 MiB of float32. */
    private static final int LOGITS_AT_ONCE = 1 << 24;

    private final LanguageModel model;

    LogitChunks(LanguageModel model) {
        this.model = model;
    }

    /** Receives the logits of consecutive positions. */
    @FunctionalInterface
    interface Receiver {
        /**
         * @param scope closed afterwards
         * @param begin index of the first of the positions among those asked for
         * @param logits float32 {@code [positions, vocabulary]}, closed afterwards
         */
        void accept(NDManager scope, int begin, NDArray logits);
    }

    /**
     * Computes them.
     *
     * @param hidden {@code [rows, columns, hidden]}
     * @param positions of each the row times the number of columns, plus the column
     */
    void compute(NDArray hidden, int[] positions, Receiver receiver) {
        int chunk = Math.max(1, LOGITS_AT_ONCE / model.config().vocabularySize());
        for (int begin = 0; begin < positions.length; begin += chunk) {
            int[] chosen = Arrays.copyOfRange(positions, begin, Math.min(positions.length, begin + chunk));
            try (NDManager scope = model.manager().newSubManager();
                    NDArray logits = Layers.scoped(() -> model.logitsAt(scope, hidden, chosen))) {
                receiver.accept(scope, begin, logits);
            }
        }
    }

    /**
     * Values that were computed from logits.
     *
     * @param values {@code [positions, ...]}
     * @throws ModelRunException when one is NaN
     */
    float[] read(NDArray values) {
        return read(values, position -> true);
    }

    /** As {@link #read(NDArray)}, where some positions mean nothing. */
    float[] read(NDArray values, IntPredicate means) {
        float[] read = HostArrays.read(values);
        int width = Math.toIntExact(values.size() / values.getShape().get(0));
        for (int i = 0; i < read.length; i++) {
            if (Float.isNaN(read[i]) && means.test(i / width)) {
                throw NonFiniteWeights.failure(model);
            }
        }
        return read;
    }
}
