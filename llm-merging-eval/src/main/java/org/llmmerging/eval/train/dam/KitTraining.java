package org.llmmerging.eval.train.dam;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.llmmerging.ParameterSpec;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;
import org.llmmerging.eval.train.LearningRate;

/** Reads how to train from {@code parameters} of a kit configuration, whose names are those of {@code dam train}. */
final class KitTraining {
    /** Every parameter that may be given. */
    static final List<ParameterSpec> SPECS = specs();

    private static final double UNLIMITED = Double.POSITIVE_INFINITY;

    private final KitConfig config;

    KitTraining(KitConfig config) {
        this.config = config;
    }

    private static List<ParameterSpec> specs() {
        LossSettings losses = LossSettings.defaults();
        List<ParameterSpec> specs = new ArrayList<>(List.of(
                ParameterSpec.flag("merge_embedding_layers", false),
                ParameterSpec.flag("merge_layernorms", false),
                ParameterSpec.flag("use_base_model", false),
                number("examples", 256, 1, Integer.MAX_VALUE).asInteger(),
                number("max_length", 512, 1, Integer.MAX_VALUE).asInteger(),
                number("learning_rate", 1e-3, Double.MIN_VALUE, Double.MAX_VALUE),
                number("warmup_ratio", 0.1, 0, 1),
                number("weight_decay", 0, 0, Double.MAX_VALUE),
                number("mofo_alpha", 0.3, Double.MIN_VALUE, 1),
                number("batch_size", 1, 1, Integer.MAX_VALUE).asInteger(),
                number("gradient_accumulation_steps", 1, 1, Integer.MAX_VALUE).asInteger(),
                number("max_grad_norm", 1, Double.MIN_VALUE, Double.MAX_VALUE),
                number("epochs", 1, 1, Integer.MAX_VALUE).asInteger(),
                number("temperature", losses.temperature(), Double.MIN_VALUE, Double.MAX_VALUE),
                number("lambda_coef_similarity", losses.similarity(), -UNLIMITED, UNLIMITED),
                number("lambda_coef_l1", losses.l1(), -UNLIMITED, UNLIMITED),
                number("lambda_coef_l2", losses.l2(), -UNLIMITED, UNLIMITED),
                number("lambda_coef_overlap", losses.overlap(), -UNLIMITED, UNLIMITED),
                number("lambda_coef_mse", losses.mse(), -UNLIMITED, UNLIMITED),
                number("lambda_coef_entropy", losses.entropy(), -UNLIMITED, UNLIMITED)));
        for (LossKind kind : LossKind.values()) {
            specs.add(ParameterSpec.flag("use_" + kind.key(), losses.enabled().contains(kind)));
        }
        return List.copyOf(specs);
    }

    private static ParameterSpec number(String name, double byDefault, double least, double most) {
        return ParameterSpec.global(name).withDefault(byDefault).within(least, most);
    }

    /** Most rows of each model's data that are trained on. */
    int examples() {
        return (int) value("examples");
    }

    /** Most tokens of a row. */
    int maxLength() {
        return (int) value("max_length");
    }

    CoefficientSettings coefficients() {
        return CoefficientSettings.ofLinearLayers(config.seed())
                .withCovered(LayerKind.EMBEDDING, flag("merge_embedding_layers"))
                .withCovered(LayerKind.NORM, flag("merge_layernorms"))
                .withBaseModel(flag("use_base_model"));
    }

    TrainingSettings settings() {
        Set<LossKind> enabled = EnumSet.noneOf(LossKind.class);
        for (LossKind kind : LossKind.values()) {
            if (flag("use_" + kind.key())) {
                enabled.add(kind);
            }
        }
        LossSettings losses = new LossSettings(
                enabled,
                value("temperature"),
                value("lambda_coef_mse"),
                value("lambda_coef_entropy"),
                value("lambda_coef_similarity"),
                value("lambda_coef_l1"),
                value("lambda_coef_l2"),
                value("lambda_coef_overlap"));
        return new TrainingSettings(
                value("learning_rate"),
                LearningRate.Schedule.LINEAR,
                value("warmup_ratio"),
                value("weight_decay"),
                value("mofo_alpha"),
                (int) value("batch_size"),
                (int) value("gradient_accumulation_steps"),
                value("max_grad_norm"),
                (int) value("epochs"),
                config.seed(),
                losses,
                false);
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
