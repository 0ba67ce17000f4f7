package org.llmmerging.eval.train.dam;

import java.util.EnumMap;
import java.util.Map;

/**
 * What one step of training did.
 *
 * @param step counted from 1
 * @param steps number of all steps
 * @param epoch how often the rows had been read at its end
 * @param learningRate of the step
 * @param gradientNorm before clipping
 * @param loss the sum that is minimised, averaged over the passes of the step
 * @param losses each loss that was computed, with its factor
 */
public record TrainingStep(
        long step,
        long steps,
        double epoch,
        double learningRate,
        double gradientNorm,
        double loss,
        Map<LossKind, Double> losses) {
    public TrainingStep {
        Map<LossKind, Double> copy = new EnumMap<>(LossKind.class);
        copy.putAll(losses);
        losses = copy;
    }
}
