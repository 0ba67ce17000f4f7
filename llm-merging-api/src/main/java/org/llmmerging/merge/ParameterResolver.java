package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.llmmerging.MergeMethod;
import org.llmmerging.ParameterSpec;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Settings;

/**
 * Decides the value of every declared parameter for one tensor: the nearest level that has a value for the tensor wins,
 * from the model's own settings to the configuration's, then the method's default.
 */
final class ParameterResolver {
    private final MergeMethod method;
    private final long seed;
    private final Position position;
    private final Problems problems;
    private final Set<String> reported = new HashSet<>();

    ParameterResolver(MergeMethod method, long seed, Position position, Problems problems) {
        this.method = method;
        this.seed = seed;
        this.position = position;
        this.problems = problems;
    }

    ResolvedParameters resolve(Recipe recipe) {
        Map<String, Double> global = new HashMap<>();
        Map<String, double[]> perModel = new HashMap<>();
        for (ParameterSpec spec : method.parameters()) {
            if (spec.scope() == ParameterSpec.Scope.GLOBAL) {
                global.put(spec.name(), value(spec, recipe.levels(), recipe.output(), recipe, ""));
            } else {
                double[] values = new double[recipe.inputs().size()];
                for (int i = 0; i < values.length; i++) {
                    Recipe.Input input = recipe.inputs().get(i);
                    List<Settings> levels = new ArrayList<>();
                    levels.add(input.settings());
                    levels.addAll(recipe.levels());
                    values[i] = value(spec, levels, input.name(), recipe, " of " + input.model().label());
                }
                perModel.put(spec.name(), values);
            }
        }
        return new ResolvedParameters(global, perModel, seed);
    }

    private double value(ParameterSpec spec, List<Settings> levels, String tensor, Recipe recipe, String whose) {
        for (Settings level : levels) {
            OptionalDouble value = level.resolve(spec.name(), tensor, recipe.depth());
            if (value.isPresent()) {
                check(spec, value.getAsDouble(), tensor, whose);
                return value.getAsDouble();
            }
        }
        Double byDefault = spec.defaultValue();
        if (byDefault == null) {
            report(
                    spec.name() + whose,
                    "method " + method.name() + " needs the parameter " + spec.name() + whose
                            + ", and nothing gives it a value for " + tensor + ". Add " + spec.name()
                            + " under parameters, without a filter or with one that matches the tensor");
            return 0;
        }
        return byDefault;
    }

    private void check(ParameterSpec spec, double value, String tensor, String whose) {
        boolean whole = spec.type() == ParameterSpec.Type.NUMBER || value == Math.rint(value);
        if (!(value >= spec.minimum() && value <= spec.maximum()) || !whole) {
            report(
                    spec.name() + whose + value,
                    "parameter " + spec.name() + whose + " is " + value + " for " + tensor + " and must be "
                            + allowed(spec));
        }
    }

    private static String allowed(ParameterSpec spec) {
        return switch (spec.type()) {
            case BOOLEAN -> "true or false";
            case INTEGER -> "a whole number from " + (long) spec.minimum() + " to " + (long) spec.maximum();
            case NUMBER -> "from " + spec.minimum() + " to " + spec.maximum();
        };
    }

    /** Says a thing once, not for every tensor. */
    private void report(String key, String message) {
        if (reported.add(key)) {
            problems.add(position, message);
        }
    }
}
