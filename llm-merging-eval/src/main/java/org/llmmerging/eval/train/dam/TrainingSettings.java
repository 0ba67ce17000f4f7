package org.llmmerging.eval.train.dam;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.ConfigException;
import org.llmmerging.eval.train.LearningRate;

/**
 * How coefficients are trained. Immutable.
 *
 * @param values of the parameters of {@link DamParameter.Use#TRAINING} that are not at their default; of switches 0
 *     or 1
 * @param schedule what the rate does after the warm-up
 * @param seed of the order of the rows
 * @param reportAll whether losses that are not minimised are computed, too
 */
public record TrainingSettings(
        Map<DamParameter, Double> values, LearningRate.Schedule schedule, long seed, boolean reportAll) {
    /** The message when there is nothing to minimise. */
    static final String NO_LOSS = "every loss is switched off. Leave one on, such as use_kl";

    public TrainingSettings {
        values = Map.copyOf(values);
    }

    /** Every parameter at its default, and a rate that falls in a straight line. */
    public static TrainingSettings defaults(long seed) {
        return new TrainingSettings(Map.of(), LearningRate.Schedule.LINEAR, seed, false);
    }

    /**
     * A rate that falls in a straight line, and the parameters as they are given.
     *
     * @throws ConfigException naming the first that does not take its value
     */
    public static TrainingSettings of(long seed, DamValues given) {
        TrainingSettings settings = defaults(seed);
        for (DamParameter parameter : DamParameter.of(DamParameter.Use.TRAINING)) {
            settings = settings.with(parameter, given.of(parameter));
        }
        return settings;
    }

    /**
     * These settings with another value.
     *
     * @throws ConfigException naming the parameter, when it does not take the value
     */
    public TrainingSettings with(DamParameter parameter, double value) {
        if (!parameter.takes(value)) {
            throw new ConfigException("--" + parameter.key() + " is " + parameter.spec().shown(value) + ". Give "
                    + parameter.allowedValues());
        }
        Map<DamParameter, Double> changed = new EnumMap<>(DamParameter.class);
        changed.putAll(values);
        changed.put(parameter, value);
        return new TrainingSettings(changed, schedule, seed, reportAll);
    }

    /** These settings with another schedule. */
    public TrainingSettings withSchedule(LearningRate.Schedule chosen) {
        return new TrainingSettings(values, chosen, seed, reportAll);
    }

    /** These settings, with losses that are not minimised computed or not. */
    public TrainingSettings withReportAll(boolean wanted) {
        return new TrainingSettings(values, schedule, seed, wanted);
    }

    /** @throws ConfigException when there is nothing to minimise */
    public void checkLosses() {
        for (LossKind kind : LossKind.values()) {
            if (minimises(kind)) {
                return;
            }
        }
        throw new ConfigException(NO_LOSS);
    }

    /**
     * A line for each parameter that is not at its default and changes nothing, for its losses are not computed.
     *
     * @param prefix of the parameters' names, as the user gives them
     */
    List<String> withoutEffect(String prefix) {
        List<String> lines = new ArrayList<>();
        for (DamParameter parameter : DamParameter.of(DamParameter.Use.TRAINING)) {
            List<DamParameter> switches = parameter.switches();
            boolean isRead = reportAll || switches.isEmpty() || switches.stream().anyMatch(each -> number(each) != 0);
            if (!isRead && number(parameter) != parameter.defaultValue()) {
                String names = switches.stream().map(each -> prefix + each.key()).collect(Collectors.joining(" and "));
                lines.add(prefix + parameter.key() + " has no effect: " + names
                        + (switches.size() == 1 ? " is" : " are") + " false");
            }
        }
        return lines;
    }

    /** The value of a parameter. */
    double number(DamParameter parameter) {
        return values.getOrDefault(parameter, parameter.defaultValue());
    }

    /** Whether a loss is minimised. */
    boolean minimises(LossKind kind) {
        return number(DamParameter.switchOf(kind)) != 0;
    }

    /** Rows in one pass. */
    int batchSize() {
        return (int) number(DamParameter.BATCH_SIZE);
    }

    /** Passes that make one step. */
    int accumulation() {
        return (int) number(DamParameter.GRADIENT_ACCUMULATION_STEPS);
    }

    /** How often every row is read. */
    int epochs() {
        return (int) number(DamParameter.EPOCHS);
    }

    /** Share of each coefficient vector that a step updates, or null for all. */
    @Nullable
    Double mofoAlpha() {
        double share = number(DamParameter.MOFO_ALPHA);
        return share == 1 ? null : (Double) share;
    }

    /** All that decides what training does, by the names of the options. */
    Map<String, Object> byName() {
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("seed", seed);
        named.put("lr_scheduler_type", schedule.name().toLowerCase(Locale.ROOT));
        for (DamParameter parameter : DamParameter.of(DamParameter.Use.TRAINING)) {
            double value = number(parameter);
            named.put(parameter.key(), switch (parameter.spec().type()) {
                case BOOLEAN -> value != 0;
                case INTEGER -> (int) value;
                case NUMBER -> value;
            });
        }
        return named;
    }
}
