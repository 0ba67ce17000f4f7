package org.llmmerging.eval.train.dam;

import java.util.Arrays;
import java.util.List;
import org.llmmerging.ParameterSpec;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.KitParameter;
import org.llmmerging.config.Problems;
import org.llmmerging.merge.KitParameters;

/** Reads how to train from {@code parameters} of a kit configuration, whose names are those of {@code dam train}. */
final class KitTraining implements DamValues {
    /** Every parameter that may be given. */
    static final List<ParameterSpec> SPECS = Arrays.stream(DamParameter.values()).map(DamParameter::spec).toList();

    private final KitConfig config;

    KitTraining(KitConfig config) {
        this.config = config;
    }

    /** Most rows of each model's data that are trained on. */
    int examples() {
        return (int) of(DamParameter.EXAMPLES);
    }

    /** Most tokens of a row. */
    int maxLength() {
        return (int) of(DamParameter.MAX_LENGTH);
    }

    CoefficientSettings coefficients() {
        return CoefficientSettings.of(config.seed(), this);
    }

    TrainingSettings settings() {
        return TrainingSettings.of(config.seed(), this);
    }

    /**
     * @throws ConfigException with every parameter that training does not have, or whose value it does not take, and
     *     when there is not a file of training rows for each model
     */
    void check() {
        Problems problems = new Problems();
        KitParameters.check(config, DamFold.NAME, SPECS, problems);
        checkLosses(problems);
        checkData(problems);
        problems.throwIfAny();
    }

    /** Adds a problem when there is nothing to minimise. */
    void checkLosses(Problems problems) {
        if (Arrays.stream(LossKind.values()).noneMatch(kind -> isOn(DamParameter.switchOf(kind)))) {
            problems.addApart(config.positions().of("parameters"), TrainingSettings.NO_LOSS);
        }
    }

    /** Adds a problem unless there is a file of training rows for each model. */
    void checkData(Problems problems) {
        int files = config.trainingData().size();
        int models = config.listModels().size();
        if (config.positions().unreadable().contains("training_data")) {
            return;
        }
        if (files == 0) {
            problems.addApart(
                    config.positions().document(), "dam learns from training_data. Add a file for each model");
        } else if (files != models && problems.isReadable()) {
            problems.addApart(config.positions().of("training_data"), "'training_data' has " + files + " files for "
                    + models + " models. Give one for each model, in the order of list_models.");
        }
    }

    @Override
    public double of(DamParameter parameter) {
        return switch (config.parameters().get(parameter.key())) {
            case KitParameter.Number number -> number.value();
            case KitParameter.Flag flag -> flag.value() ? 1 : 0;
            case KitParameter.PerModel _ -> Double.NaN; // refused by the check
            case KitParameter.Unreadable _ -> Double.NaN; // and so is this
            case null -> parameter.defaultValue();
        };
    }
}
