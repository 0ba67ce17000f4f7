package org.llmmerging.merge;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.llmmerging.ParameterSpec;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.KitParameter;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;

/** Holds the {@code parameters} of a kit configuration against those that a method has, without looking at models. */
public final class KitParameters {
    private final KitConfig kit;
    private final String method;
    private final Map<String, ParameterSpec> known = new TreeMap<>();
    private final Problems problems;

    private KitParameters(KitConfig kit, String method, List<ParameterSpec> specs, Problems problems) {
        this.kit = kit;
        this.method = method;
        specs.forEach(spec -> known.put(spec.name(), spec));
        this.problems = problems;
    }

    /**
     * Adds a problem for each parameter that no method has, that is a list where one value is wanted, or that has a
     * value which is not allowed. Those of other methods are passed over.
     *
     * @return the parameters that are not unknown, with {@link KitParameter.Unreadable} in place of what was reported
     */
    public static Map<String, KitParameter> check(
            KitConfig kit, String method, List<ParameterSpec> specs, Problems problems) {
        return new KitParameters(kit, method, specs, problems).check();
    }

    private Map<String, KitParameter> check() {
        Map<String, KitParameter> usable = new LinkedHashMap<>();
        kit.parameters().forEach((name, value) -> {
            ParameterSpec spec = known.get(name);
            if (spec != null) {
                String problem = problem(spec, value);
                if (problem != null && value instanceof KitParameter.Unreadable) {
                    addInstead(name, problem);
                } else if (problem != null) {
                    problems.addApart(position(name), problem);
                }
                usable.put(name, problem == null ? value : new KitParameter.Unreadable(false));
            } else if (SettingsCheck.isOfAnotherMethod(name)) {
                usable.put(name, value);
            } else {
                addInstead(name, SettingsCheck.unknown(method, name, known.keySet()));
            }
        });
        return usable;
    }

    private void addInstead(String parameter, String problem) {
        problems.addInstead("parameters." + parameter, position(parameter), problem);
    }

    private Position position(String parameter) {
        return kit.positions().ofParameter(parameter);
    }

    private @Nullable String problem(ParameterSpec spec, KitParameter value) {
        return switch (value) {
            case KitParameter.Number number -> problem(spec, "", number.value());
            case KitParameter.Flag flag -> spec.type() == ParameterSpec.Type.BOOLEAN
                    ? null
                    : notAllowed(spec, "", flag.toString());
            case KitParameter.PerModel perModel -> problem(spec, perModel.values());
            case KitParameter.Unreadable unreadable -> unreadable.isList() ? notPerModel(spec) : null;
        };
    }

    private @Nullable String problem(ParameterSpec spec, List<Double> values) {
        String notPerModel = notPerModel(spec);
        if (notPerModel != null) {
            return notPerModel;
        }
        int models = kit.listModels().size();
        if (values.size() != models && problems.isReadable()) {
            return "parameter " + spec.name() + " has " + values.size() + " values for " + models
                    + " models. Give one for each model, or a single one";
        }
        for (int i = 0; i < values.size() && i < models; i++) {
            String problem = problem(spec, " of " + kit.listModels().get(i), values.get(i));
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private @Nullable String notPerModel(ParameterSpec spec) {
        return spec.scope() == ParameterSpec.Scope.GLOBAL
                ? "parameter " + spec.name() + " has a value for each model, and " + method + " takes one for all."
                        + " Give a single one"
                : null;
    }

    private static @Nullable String problem(ParameterSpec spec, String whose, double value) {
        return spec.allows(value) ? null : notAllowed(spec, whose, spec.shown(value));
    }

    private static String notAllowed(ParameterSpec spec, String whose, String shown) {
        return "parameter " + spec.name() + whose + " is " + shown + " and must be " + spec.allowedValues();
    }
}
