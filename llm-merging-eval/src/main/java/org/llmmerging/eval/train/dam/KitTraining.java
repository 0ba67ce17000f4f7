package org.llmmerging.eval.train.dam;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.llmmerging.ParameterSpec;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;

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
        return (int) value(DamParameter.EXAMPLES.key());
    }

    /** Most tokens of a row. */
    int maxLength() {
        return (int) value(DamParameter.MAX_LENGTH.key());
    }

    CoefficientSettings coefficients() {
        return CoefficientSettings.ofLinearLayers(config.seed())
                .withCovered(LayerKind.EMBEDDING, flag(DamParameter.MERGE_EMBEDDING_LAYERS.key()))
                .withCovered(LayerKind.NORM, flag(DamParameter.MERGE_LAYERNORMS.key()))
                .withBaseModel(flag(DamParameter.USE_BASE_MODEL.key()));
    }

    TrainingSettings settings() {
        TrainingSettings settings = TrainingSettings.defaults(config.seed());
        for (DamParameter parameter : DamParameter.of(DamParameter.Use.TRAINING)) {
            settings = settings.with(parameter, value(parameter.key()));
        }
        return settings;
    }

    /** @throws ConfigException naming a parameter that training does not have, or whose value it does not take */
    void check() {
        for (Map.Entry<String, Object> given : config.parameters().entrySet()) {
            ParameterSpec spec = spec(given.getKey());
            boolean flag = spec.type() == ParameterSpec.Type.BOOLEAN;
            if (flag != given.getValue() instanceof Boolean || given.getValue() instanceof List) {
                throw problem(given.getKey() + " must be " + (flag ? "true or false" : "a number"));
            }
            double value = value(spec.name());
            boolean whole = spec.type() != ParameterSpec.Type.INTEGER || value == Math.rint(value);
            if (!whole || value < spec.minimum() || value > spec.maximum()) {
                throw problem(given.getKey() + " is " + given.getValue() + ". Give "
                        + (spec.type() == ParameterSpec.Type.INTEGER ? "a whole number" : "a number") + " from "
                        + spec.minimum() + " to " + spec.maximum());
            }
        }
    }

    private ParameterSpec spec(String name) {
        return SPECS.stream().filter(spec -> spec.name().equals(name)).findFirst().orElseThrow(() -> problem(
                "unknown parameter " + name + ". Known are " + SPECS.stream().map(ParameterSpec::name).toList()));
    }

    private boolean flag(String name) {
        return value(name) != 0;
    }

    private double value(String name) {
        Object given = config.parameters().get(name);
        if (given instanceof Double number) {
            return number;
        }
        if (given instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        Double byDefault = spec(name).defaultValue();
        return byDefault == null ? 0 : byDefault;
    }

    private ConfigException problem(String message) {
        return new ConfigException(config.file() + ": " + message);
    }
}
