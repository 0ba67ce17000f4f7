package org.llmmerging.eval.train.dam;

import java.util.EnumSet;
import java.util.Set;

/**
 * Which losses are minimised, and how much each counts. The Kullback-Leibler divergence counts once.
 *
 * @param enabled those that are minimised
 * @param temperature softens the logits in {@link LossKind#KL} and {@link LossKind#ENTROPY}
 * @param mse factor of {@link LossKind#MSE}
 * @param entropy factor of {@link LossKind#ENTROPY}
 * @param similarity factor of {@link LossKind#SIMILARITY}
 * @param l1 factor of the magnitudes in {@link LossKind#L1_L2_REG}
 * @param l2 factor of the norms there
 * @param overlap factor of {@link LossKind#OVERLAP} and {@link LossKind#WEIGHTED_OVERLAP}
 */
public record LossSettings(
        Set<LossKind> enabled,
        double temperature,
        double mse,
        double entropy,
        double similarity,
        double l1,
        double l2,
        double overlap) {
    public LossSettings {
        enabled = Set.copyOf(enabled);
    }

    /** The original's: divergence and similarity, at temperature 2. */
    public static LossSettings defaults() {
        return new LossSettings(EnumSet.of(LossKind.KL, LossKind.SIMILARITY), 2, 1, 0.1, 0.01, 1e-6, 1e-6, 1e-5);
    }
}
