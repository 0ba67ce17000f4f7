package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.ParameterSpec;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.DidYouMean;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Position;
import org.llmmerging.config.Settings;
import org.llmmerging.config.Sources;

/**
 * Reads a kit configuration as a merge.
 *
 * <p>What {@code parameter_lambdas} mean, {@linkplain MergeMethod#lambdaParameter() the method says}: a coefficient of each
 * listed model, or how far to go from the first listed model to the second. The kit's average is the plain weighted sum:
 * of the weights, or of the adapters' updates where the models are adapters, which is task arithmetic on their base.
 */
public final class KitMerge {
    private static final String LINEAR = "linear";
    private static final String TASK_ARITHMETIC = "task_arithmetic";

    private final KitConfig kit;
    private final MergeMethod method;
    private final @Nullable ParameterSpec lambda;
    private final Position position;

    private KitMerge(KitConfig kit, MergeMethod method) {
        this.kit = kit;
        this.method = method;
        this.lambda = method.lambdaParameter().orElse(null);
        this.position = Position.of(kit.file());
    }

    /**
     * The merge that a kit configuration asks for.
     *
     * @param method the method of the registered name; when the configuration names one too, it must be the same
     * @throws ConfigException when the models or coefficients are not what the method takes
     */
    public static MergeConfig of(KitConfig kit, MergeMethod method) {
        return new KitMerge(kit, method).translate();
    }

    private MergeConfig translate() {
        String named = kit.mergeMethod();
        if (named != null && !named.equals(method.name())) {
            throw problem("merge_method is " + named + ", but the name that is run merges with " + method.name()
                    + ". Run a name that merges with " + named + ", or remove the key");
        }
        List<ModelReference> models = models(kit);
        if (lambda != null && lambda.scope() == ParameterSpec.Scope.GLOBAL) {
            return path(models, lambda.name());
        }
        boolean sumOfUpdates = method.name().equals(LINEAR) && kit.isPeft();
        ModelReference base = sumOfUpdates || method.models().base() != ModelCount.Base.MEMBER ? kit.baseModel() : null;
        Settings shared = shared();
        if (method.name().equals(LINEAR) && !sumOfUpdates && !kit.parameters().containsKey("normalize")) {
            shared = shared.with("normalize", false, position);
        }
        String name = sumOfUpdates ? TASK_ARITHMETIC : method.name();
        return MergeConfig.ofModels(kit.file(), name, base, inputs(models), shared);
    }

    /** From the first of two models to the second. */
    private MergeConfig path(List<ModelReference> models, String share) {
        if (models.size() != 2) {
            throw problem(method.name() + " merges exactly two models, and list_models has " + models.size()
                    + (models.size() < 2 ? ". Add one" : ". Remove some") + ", or use another method");
        }
        if (models.getFirst().equals(models.getLast())) {
            throw problem(method.name() + " goes from one model to another, and list_models names " + models.getFirst()
                    + " twice. Name two models");
        }
        kit.parameters().forEach((name, value) -> {
            if (value instanceof List<?>) {
                throw problem(listForBoth(name));
            }
        });
        Settings shared = shared();
        if (!kit.parameterLambdas().isEmpty()) {
            shared = shared.with(share, unlessTwice(share, kit.parameterLambdas().getFirst()), position);
        }
        List<Sources.Input> second = List.of(new Sources.Input(models.get(1), Settings.none(), position));
        return MergeConfig.ofModels(kit.file(), method.name(), models.getFirst(), second, shared);
    }

    private String listForBoth(String parameter) {
        List<String> known = method.parameters().stream().map(ParameterSpec::name).toList();
        return known.contains(parameter)
                ? "parameters." + parameter + " has a value for each model, and " + method.name()
                        + " takes one for both. Give a single number"
                : "method " + method.name() + " has no parameter '" + parameter + "'. "
                        + DidYouMean.remedy(parameter, known);
    }

    /** The models of a configuration in its order; adapters are applied to the base. */
    public static List<ModelReference> models(KitConfig kit) {
        ModelReference base = kit.baseModel();
        if (!kit.isPeft() || base == null) {
            return kit.listModels();
        }
        return kit.listModels().stream()
                .map(adapter -> new ModelReference(base.path(), base.revision(), adapter))
                .toList();
    }

    private List<Sources.Input> inputs(List<ModelReference> models) {
        List<Double> lambdas = kit.parameterLambdas();
        if (!lambdas.isEmpty() && lambdas.size() != models.size()) {
            throw problem("parameter_lambdas has " + lambdas.size() + " coefficients for " + models.size()
                    + " models. Give one for each model");
        }
        if (!lambdas.isEmpty() && lambda == null) {
            throw problem("method " + method.name() + " takes no weights. Remove parameter_lambdas");
        }
        List<Sources.Input> inputs = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            inputs.add(new Sources.Input(models.get(i), own(i, models.size()), position));
        }
        return inputs;
    }

    /** The parameters of one model: its coefficient, equal ones when none are given, and its place in each list. */
    private Settings own(int model, int count) {
        Settings settings = Settings.none();
        List<Double> lambdas = kit.parameterLambdas();
        if (lambda != null && !lambdas.isEmpty()) {
            double given = unlessTwice(lambda.name(), lambdas.get(model));
            settings = settings.with(lambda.name(), given, position);
        } else if (lambda != null && !kit.parameters().containsKey(lambda.name())) {
            settings = settings.with(lambda.name(), 1.0 / count, position);
        }
        for (Map.Entry<String, Object> parameter : kit.parameters().entrySet()) {
            if (parameter.getValue() instanceof List<?> values) {
                if (values.size() != count) {
                    throw problem("parameters." + parameter.getKey() + " has " + values.size() + " values for " + count
                            + " models. Give one for each model, or a single one");
                }
                settings = settings.with(parameter.getKey(), (double) values.get(model), position);
            }
        }
        return settings;
    }

    /** The parameters that hold for all models. */
    private Settings shared() {
        Settings settings = Settings.none();
        for (Map.Entry<String, Object> parameter : kit.parameters().entrySet()) {
            settings = switch (parameter.getValue()) {
                case Double number -> settings.with(parameter.getKey(), number, position);
                case Boolean flag -> settings.with(parameter.getKey(), flag, position);
                default -> settings;
            };
        }
        return settings;
    }

    private double unlessTwice(String parameter, double lambda) {
        @Nullable
        Object also = kit.parameters().get(parameter);
        if (also != null) {
            throw problem("parameter_lambdas and parameters." + parameter + " both give " + parameter
                    + ". Keep one of them");
        }
        return lambda;
    }

    private ConfigException problem(String message) {
        return new ConfigException(position + ": " + message);
    }
}
