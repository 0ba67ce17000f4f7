package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.llmmerging.MergeMethod;
import org.llmmerging.ParameterSpec;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Setting;
import org.llmmerging.config.Settings;

/**
 * Decides the value of every declared parameter for one tensor: the nearest level that has a value for the tensor wins,
 * from the model's own settings to the configuration's, then the method's default.
 */
final class ParameterResolver {
    private final MergeMethod method;
    private final long seed;
    private final MergeConfig config;
    private final Problems problems;
    private final Set<String> reported = new HashSet<>();
    private boolean isReadable = true;

    ParameterResolver(MergeMethod method, long seed, MergeConfig config, Problems problems) {
        this.method = method;
        this.seed = seed;
        this.config = config;
        this.problems = problems;
    }

    ResolvedParameters resolve(Recipe recipe) {
        Map<String, Double> global = new HashMap<>();
        Map<String, double[]> perModel = new HashMap<>();
        for (ParameterSpec spec : method.parameters()) {
            if (spec.scope() == ParameterSpec.Scope.GLOBAL) {
                Lookup lookup = new Lookup(recipe.levels(), recipe.output(), recipe.depth(), "",
                        config.sources().position());
                global.put(spec.name(), value(spec, lookup));
            } else {
                double[] values = new double[recipe.inputs().size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = value(spec, lookup(recipe, recipe.inputs().get(i)));
                }
                perModel.put(spec.name(), values);
            }
        }
        return new ResolvedParameters(Map.copyOf(global), Map.copyOf(perModel), seed);
    }

    /** Whether every value so far was given and lies in its range; others stand for what is missing. */
    boolean isSound() {
        return isReadable && reported.isEmpty();
    }

    /**
     * Where a value is looked up and who asks.
     *
     * @param whose follows the parameter's name in messages
     * @param position what is to blame when there is no value
     */
    private record Lookup(List<Settings> levels, String tensor, double depth, String whose, Position position) {}

    private static Lookup lookup(Recipe recipe, Recipe.Input input) {
        List<Settings> levels = new ArrayList<>();
        levels.add(input.settings());
        levels.addAll(recipe.levels());
        return new Lookup(levels, input.name(), recipe.depth(), " of " + input.model().label(), input.position());
    }

    private double value(ParameterSpec spec, Lookup lookup) {
        for (Settings level : lookup.levels()) {
            Setting setting = level.byName().get(spec.name());
            Optional<Setting.Value> given = setting == null ? Optional.empty() : setting.forTensor(lookup.tensor());
            if (setting != null && given.isPresent()) {
                return value(spec, given.get(), lookup, setting.position());
            }
        }
        Double byDefault = spec.defaultValue();
        if (byDefault == null) {
            String missing = "method " + method.name() + " needs the parameter " + spec.name() + lookup.whose()
                    + ", and nothing gives it a value";
            report(missing + lookup.position(), lookup.position(), missing + " for " + lookup.tensor() + ". Add "
                    + spec.name() + " under parameters, without a filter or with one that matches the tensor");
            return 0;
        }
        return byDefault;
    }

    private double value(ParameterSpec spec, Setting.Value given, Lookup lookup, Position position) {
        if (given instanceof Setting.Unreadable) {
            isReadable = false; // and reported when it was read
            return 0;
        }
        double value = given.at(lookup.depth());
        if (!spec.allows(value)) {
            String problem = "parameter " + spec.name() + lookup.whose() + " is " + spec.shown(value);
            report(spec.name() + lookup.whose() + position, position,
                    problem + " for " + lookup.tensor() + " and must be " + spec.allowedValues());
        }
        return value;
    }

    /** Says a thing once, not for every tensor. */
    private void report(String key, Position position, String message) {
        if (reported.add(key)) {
            problems.add(position, message);
        }
    }
}
