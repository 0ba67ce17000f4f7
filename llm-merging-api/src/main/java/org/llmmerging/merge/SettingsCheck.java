package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.llmmerging.MergeMethod;
import org.llmmerging.ParameterSpec;
import org.llmmerging.config.DidYouMean;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Quoting;
import org.llmmerging.config.Setting;
import org.llmmerging.config.Settings;
import org.llmmerging.config.Sources;

/** Finds settings that would have no effect: parameters that the method does not know, filters that match nothing. */
final class SettingsCheck {
    /** A parameter of earlier versions of mergekit, which merged embeddings in a way of their own. */
    private static final String EMBED_SLERP = "embed_slerp";

    private static final String SEED_PASSED_OVER = "'" + MergeConfig.RANDOM_SEED
            + "' has no effect in a configuration, as in mergekit. The option --random-seed sets the seed";

    private SettingsCheck() {}

    /** The settings of one level of a configuration; those of a model hold for it alone. */
    private record Level(Settings settings, boolean isOfModel) {
        /** Whether a parameter of the method is looked up here. */
        boolean isFor(ParameterSpec spec) {
            return !isOfModel || spec.scope() == ParameterSpec.Scope.PER_MODEL;
        }
    }

    /**
     * Adds a problem for every parameter that no method has, and a note for what mergekit passes over and public
     * recipes have in plenty: parameters of other methods, those of the whole merge under a model, one of mergekit's
     * past, and the seed, which is an option.
     */
    static void names(MergeConfig config, MergeMethod method, Problems problems) {
        Map<String, ParameterSpec> known = byName(method);
        Position seed = config.valuePositions().get(MergeConfig.RANDOM_SEED);
        if (seed != null) {
            problems.note(seed, SEED_PASSED_OVER);
        }
        for (Level level : levels(config)) {
            level.settings().byName().forEach((name, setting) -> {
                ParameterSpec spec = known.get(name);
                if (spec != null) {
                    if (!level.isFor(spec)) {
                        problems.note(setting.position(), "the parameter '" + name + "' of " + method.name()
                                + " is one for the whole merge and has no effect under a model");
                    }
                } else if (isOfAnotherMethod(name)) {
                    problems.note(setting.position(), passedOver(method.name(), name));
                } else if (name.equals(MergeConfig.RANDOM_SEED)) {
                    problems.note(setting.position(), SEED_PASSED_OVER);
                } else if (name.equals(EMBED_SLERP)) {
                    problems.note(setting.position(), "the parameter '" + name + "' is one of earlier versions of"
                            + " mergekit and has no effect: embeddings are merged by " + method.name());
                } else {
                    problems.add(setting.position(), unknown(method.name(), name, known.keySet()));
                }
            });
        }
    }

    /** What is noted of a parameter that only other methods have. */
    static String passedOver(String method, String parameter) {
        return "method " + method + " has no parameter '" + parameter + "', as others have, and passes over it";
    }

    /** What is wrong with a parameter that no method has. */
    static String unknown(String method, String parameter, Set<String> known) {
        return "method " + method + " has no parameter '" + Quoting.shortened(parameter) + "'. "
                + DidYouMean.remedy(parameter, known);
    }

    /** Whether one of the kit's own methods has such a parameter. */
    static boolean isOfAnotherMethod(String name) {
        return ServiceLoader.load(MergeMethod.class, MergeMethod.class.getClassLoader()).stream()
                .flatMap(builtIn -> builtIn.get().parameters().stream())
                .anyMatch(spec -> spec.name().equals(name));
    }

    private static Map<String, ParameterSpec> byName(MergeMethod method) {
        Map<String, ParameterSpec> known = new TreeMap<>();
        method.parameters().forEach(spec -> known.put(spec.name(), spec));
        return known;
    }

    /**
     * Adds a problem for every filter, of a parameter that has an effect, that no tensor's name contains, and a note
     * when it is for the usual output head, in whose place the models use their embeddings.
     */
    static void filters(MergeConfig config, MergeMethod method, List<Recipe> recipes, Problems problems) {
        Map<String, ParameterSpec> known = byName(method);
        Set<String> names = new TreeSet<>();
        for (Recipe recipe : recipes) {
            names.add(recipe.output());
            recipe.inputs().forEach(input -> names.add(input.name()));
        }
        for (Level level : levels(config)) {
            level.settings().byName().forEach((parameter, setting) -> {
                ParameterSpec spec = known.get(parameter);
                if (spec != null && level.isFor(spec) && setting instanceof Setting.Filtered filtered) {
                    filters(filtered, names, problems);
                }
            });
        }
    }

    private static void filters(Setting.Filtered setting, Set<String> names, Problems problems) {
        for (Setting.Case candidate : setting.cases()) {
            if (names.stream().anyMatch(candidate::matches)) {
                continue;
            }
            String filter = Quoting.shortened(String.valueOf(candidate.filter()));
            if (candidate.matches(TensorRoles.LANGUAGE_HEAD)
                    && TensorRoles.lender(TensorRoles.LANGUAGE_HEAD, names).isPresent()) {
                problems.note(candidate.position(), "the filter '" + filter + "' has no effect: the models have no "
                        + TensorRoles.LANGUAGE_HEAD);
            } else {
                problems.add(candidate.position(), "no tensor's name contains the filter '" + filter
                        + "'. Names look like " + names.iterator().next()
                        + ". Correct the filter, or remove it: mergekit passes over it");
            }
        }
    }

    private static List<Level> levels(MergeConfig config) {
        List<Level> levels = new ArrayList<>();
        levels.add(new Level(config.parameters(), false));
        switch (config.sources()) {
            case Sources.OfModule module -> add(module, levels);
            case Sources.Modules modules -> modules.modules().values().forEach(module -> {
                levels.add(new Level(module.parameters(), false));
                add(module.sources(), levels);
            });
        }
        return levels;
    }

    private static void add(Sources.OfModule sources, List<Level> levels) {
        switch (sources) {
            case Sources.Models models ->
                models.inputs().forEach(input -> levels.add(new Level(input.parameters(), true)));
            case Sources.Slices slices -> slices.slices().forEach(slice -> {
                levels.add(new Level(slice.parameters(), false));
                slice.sources().forEach(source -> levels.add(new Level(source.parameters(), true)));
            });
        }
    }
}
