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
final class KitTraining {
    /** Every parameter that may be given. */
    static final List<ParameterSpec> SPECS = Arrays.stream(DamParameter.values()).map(DamParameter::spec).toList();

    private final KitConfig config;

    KitTraining(KitConfig config) {
        this.config = config;
    }

    /** Most rows of each model's data that are trained on. */
    int examples() {
        return (int) value(DamParameter.EXAMPLES);
    }

    /** Most tokens of a row. */
    int maxLength() {
        return (int) value(DamParameter.MAX_LENGTH);
    }

    CoefficientSettings coefficients() {
        return CoefficientSettings.ofLinearLayers(config.seed())
                .withCovered(LayerKind.EMBEDDING, flag(DamParameter.MERGE_EMBEDDING_LAYERS))
                .withCovered(LayerKind.NORM, flag(DamParameter.MERGE_LAYERNORMS))
                .withBaseModel(flag(DamParameter.USE_BASE_MODEL));
    }

    TrainingSettings settings() {
        TrainingSettings settings = TrainingSettings.defaults(config.seed());
        for (DamParameter parameter : DamParameter.of(DamParameter.Use.TRAINING)) {
            settings = settings.with(parameter, value(parameter));
        }
        return settings;
    }

    /** @throws ConfigException with every parameter that training does not have, or whose value it does not take */
    void check() {
        Problems problems = new Problems();
        KitParameters.check(config, DamFold.NAME, SPECS, problems);
        checkLosses(problems);
        problems.throwIfAny();
    }

    /** Adds a problem when there is nothing to minimise. */
    void checkLosses(Problems problems) {
        if (Arrays.stream(LossKind.values()).noneMatch(kind -> flag(DamParameter.switchOf(kind)))) {
            problems.addApart(config.positions().of("parameters"), TrainingSettings.NO_LOSS);
        }
    }

    private boolean flag(DamParameter parameter) {
        return value(parameter) != 0;
    }

    private double value(DamParameter parameter) {
        return switch (config.parameters().get(parameter.key())) {
            case KitParameter.Number number -> number.value();
            case KitParameter.Flag flag -> flag.value() ? 1 : 0;
            case KitParameter.PerModel _ -> Double.NaN; // refused by the check
            case KitParameter.Unreadable _ -> Double.NaN; // and so is this
            case null -> parameter.defaultValue();
        };
    }
}
