package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.llmmerging.MergeMethod;
import org.llmmerging.ParameterSpec;
import org.llmmerging.config.DidYouMean;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Setting;
import org.llmmerging.config.Settings;
import org.llmmerging.config.Sources;

/** Finds settings that would have no effect: parameters that the method does not know, filters that match nothing. */
final class SettingsCheck {
    private SettingsCheck() {}

    /** Adds a problem for every parameter that the method does not declare. */
    static void names(MergeConfig config, MergeMethod method, Problems problems) {
        Set<String> known = new TreeSet<>();
        method.parameters().stream().map(ParameterSpec::name).forEach(known::add);
        for (Settings settings : levels(config)) {
            settings.byName().forEach((name, setting) -> {
                if (!known.contains(name)) {
                    problems.add(setting.position(), "method " + method.name() + " has no parameter '" + name + "'. "
                            + DidYouMean.remedy(name, known));
                }
            });
        }
    }

    /** Adds a problem for every filter that no tensor's name contains. */
    static void filters(MergeConfig config, List<Recipe> recipes, Problems problems) {
        Set<String> names = new TreeSet<>();
        for (Recipe recipe : recipes) {
            names.add(recipe.output());
            recipe.inputs().forEach(input -> names.add(input.name()));
        }
        for (Settings settings : levels(config)) {
            for (Setting setting : settings.byName().values()) {
                if (setting instanceof Setting.Filtered filtered) {
                    for (Setting.Case candidate : filtered.cases()) {
                        if (names.stream().noneMatch(candidate::matches)) {
                            problems.add(candidate.position(), "no tensor's name contains the filter '"
                                    + candidate.filter() + "'. Names look like " + names.iterator().next());
                        }
                    }
                }
            }
        }
    }

    private static List<Settings> levels(MergeConfig config) {
        List<Settings> levels = new ArrayList<>();
        levels.add(config.parameters());
        switch (config.sources()) {
            case Sources.OfModule module -> add(module, levels);
            case Sources.Modules modules -> modules.modules().values().forEach(module -> {
                levels.add(module.parameters());
                add(module.sources(), levels);
            });
        }
        return levels;
    }

    private static void add(Sources.OfModule sources, List<Settings> levels) {
        switch (sources) {
            case Sources.Models models -> models.inputs().forEach(input -> levels.add(input.parameters()));
            case Sources.Slices slices -> slices.slices().forEach(slice -> {
                levels.add(slice.parameters());
                slice.sources().forEach(source -> levels.add(source.parameters()));
            });
        }
    }
}
