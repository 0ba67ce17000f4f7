package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergeMethod;
import org.llmmerging.ParameterSpec;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.KitParameter;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Setting;
import org.llmmerging.config.Settings;

/**
 * What {@code parameters} and {@code parameter_lambdas} of a kit configuration give to all models, and to each one.
 *
 * @param kit the configuration, with those parameters that the method takes
 * @param isWhole whether the models are all that the file lists
 */
record KitSettings(KitConfig kit, MergeMethod method, Problems problems, boolean isWhole) {
    private static final String LAMBDAS = "parameter_lambdas";

    /** Whether {@code parameter_lambdas} are one number for all models: how far to go from the first to the second. */
    static boolean hasOneLambda(MergeMethod method) {
        return method.lambdaParameter()
                .filter(parameter -> parameter.scope() == ParameterSpec.Scope.GLOBAL)
                .isPresent();
    }

    /** Those that hold for all models. */
    Settings ofAll() {
        Settings settings = Settings.none();
        for (Map.Entry<String, KitParameter> parameter : kit.parameters().entrySet()) {
            String name = parameter.getKey();
            Position position = kit.positions().ofParameter(name);
            settings = switch (parameter.getValue()) {
                case KitParameter.Number number -> settings.with(name, number.value(), position);
                case KitParameter.Flag flag -> settings.with(name, flag.value(), position);
                case KitParameter.PerModel perModel -> settings;
                case KitParameter.Unreadable _ -> settings.with(name, new Setting.Unreadable(position));
            };
        }
        ParameterSpec lambda = lambda();
        if (lambda != null && hasOneLambda(method) && kit.hasLambdas() && !isTwice(lambda.name())) {
            settings = settings.with(
                    lambda.name(),
                    isUnreadable() ? unreadable() : constant(kit.parameterLambdas().getFirst()));
        }
        return settings;
    }

    /** Those of each of so many models, in their order: its place in every list. */
    List<Settings> ofModels(int count) {
        ParameterSpec lambda = lambda();
        List<Setting> weights = weights(count);
        List<Settings> settings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Settings own = parametersOf(i);
            settings.add(lambda == null || weights.isEmpty() ? own : own.with(lambda.name(), weights.get(i)));
        }
        return settings;
    }

    private Settings parametersOf(int model) {
        Settings settings = Settings.none();
        for (Map.Entry<String, KitParameter> parameter : kit.parameters().entrySet()) {
            if (parameter.getValue() instanceof KitParameter.PerModel(List<Double> values) && model < values.size()) {
                String name = parameter.getKey();
                settings = settings.with(name, values.get(model), kit.positions().ofParameter(name));
            }
        }
        return settings;
    }

    /**
     * The models' coefficients, equal ones when none are given; empty when the method takes none, or has them
     * elsewhere.
     */
    private List<Setting> weights(int count) {
        ParameterSpec lambda = lambda();
        ParameterSpec ofModels = hasOneLambda(method) ? null : lambda;
        if (!kit.hasLambdas()) {
            boolean isEqual = ofModels != null && !kit.parameters().containsKey(ofModels.name());
            return isEqual ? Collections.nCopies(count, constant(1.0 / count)) : List.of();
        }
        if (ofModels == null) {
            if (lambda == null) {
                addInstead("method " + method.name() + " takes no weights. Remove parameter_lambdas");
            }
            return List.of();
        }
        if (isTwice(ofModels.name())) {
            return List.of();
        }
        if (isUnreadable()) {
            return Collections.nCopies(count, unreadable());
        }
        List<Double> lambdas = kit.parameterLambdas();
        if (lambdas.size() != count) {
            if (isWhole) {
                problems.addApart(lambdaPosition(),
                        "'parameter_lambdas' has " + lambdas.size() + " numbers for " + count
                                + " models. Give one for each model, in the order of list_models.");
            }
            return Collections.nCopies(count, unreadable());
        }
        return lambdas.stream().map(this::constant).toList();
    }

    private @Nullable ParameterSpec lambda() {
        return method.lambdaParameter().orElse(null);
    }

    /** Whether {@code parameter_lambdas} are given and could not be read. */
    private boolean isUnreadable() {
        return kit.positions().unreadable().contains(LAMBDAS);
    }

    /** Whether {@code parameter_lambdas}, which are given, mean a parameter that is given as well: a problem. */
    private boolean isTwice(String parameter) {
        boolean isTwice = kit.parameters().containsKey(parameter);
        if (isTwice) {
            addInstead("parameter_lambdas and parameters." + parameter + " both give "
                    + parameter + ". Keep one of them");
        }
        return isTwice;
    }

    private Setting constant(double value) {
        return new Setting.Constant(value, lambdaPosition());
    }

    private Setting unreadable() {
        return new Setting.Unreadable(lambdaPosition());
    }

    /** What is wrong with the coefficients is nothing to correct where they do not belong. */
    private void addInstead(String problem) {
        problems.addInstead(LAMBDAS, lambdaPosition(), problem);
    }

    private Position lambdaPosition() {
        return kit.positions().of(LAMBDAS);
    }
}
