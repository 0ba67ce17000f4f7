package org.llmmerging.eval.train.dam;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.ConfigException;
import org.llmmerging.eval.train.LearningRate;

/**
 * How coefficients are trained.
 *
 * @param learningRate peak of the schedule
 * @param schedule what the rate does after the warm-up
 * @param warmupRatio share of all steps that the rate rises in
 * @param weightDecay as in {@link org.llmmerging.eval.train.AdamW}
 * @param mofoAlpha share of each coefficient vector that a step updates, or null for all
 * @param batchSize rows in one pass
 * @param accumulation passes that make one step
 * @param maximumNorm gradients are clipped to it
 * @param epochs how often every row is read
 * @param seed of the order of the rows
 * @param losses what is minimised
 * @param reportAll whether losses that are not minimised are computed, too
 */
public record TrainingSettings(
        double learningRate,
        LearningRate.Schedule schedule,
        double warmupRatio,
        double weightDecay,
        @Nullable Double mofoAlpha,
        int batchSize,
        int accumulation,
        double maximumNorm,
        int epochs,
        long seed,
        LossSettings losses,
        boolean reportAll) {

    /** @throws ConfigException naming the option whose value cannot be */
    public TrainingSettings {
        require(learningRate > 0 && Double.isFinite(learningRate), "learning_rate", learningRate, "a number above 0");
        require(warmupRatio >= 0 && warmupRatio <= 1, "warmup_ratio", warmupRatio, "a number from 0 to 1");
        require(weightDecay >= 0 && Double.isFinite(weightDecay), "weight_decay", weightDecay, "0 or more");
        require(mofoAlpha == null || mofoAlpha > 0 && mofoAlpha <= 1, "mofo_alpha", mofoAlpha,
                "a number above 0 and at most 1, or None");
        require(batchSize > 0, "per_device_train_batch_size", batchSize, "1 or more");
        require(accumulation > 0, "gradient_accumulation_steps", accumulation, "1 or more");
        require(maximumNorm > 0, "max_grad_norm", maximumNorm, "a number above 0");
        require(epochs > 0, "num_train_epochs", epochs, "1 or more");
        require(losses.temperature() > 0, "temperature", losses.temperature(), "a number above 0");
        if (losses.enabled().isEmpty()) {
            throw new ConfigException("every loss is switched off. Leave one on, such as --use_kl true");
        }
    }

    /** All that decides what training does, by the names of the options. */
    Map<String, Object> byName() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("learning_rate", learningRate);
        values.put("lr_scheduler_type", schedule.name().toLowerCase(Locale.ROOT));
        values.put("warmup_ratio", warmupRatio);
        values.put("weight_decay", weightDecay);
        values.put("mofo_alpha", mofoAlpha == null ? "None" : mofoAlpha);
        values.put("per_device_train_batch_size", batchSize);
        values.put("gradient_accumulation_steps", accumulation);
        values.put("max_grad_norm", maximumNorm);
        values.put("num_train_epochs", epochs);
        values.put("seed", seed);
        values.put("temperature", losses.temperature());
        values.put("losses", losses.enabled().stream().sorted().map(LossKind::key).toList());
        values.put("lambda_coef_mse", losses.mse());
        values.put("lambda_coef_entropy", losses.entropy());
        values.put("lambda_coef_similarity", losses.similarity());
        values.put("lambda_coef_l1", losses.l1());
        values.put("lambda_coef_l2", losses.l2());
        values.put("lambda_coef_overlap", losses.overlap());
        return values;
    }

    private static void require(boolean holds, String option, @Nullable Object value, String expected) {
        if (!holds) {
            throw new ConfigException(option + " is " + value + ". Give " + expected);
        }
    }
}
