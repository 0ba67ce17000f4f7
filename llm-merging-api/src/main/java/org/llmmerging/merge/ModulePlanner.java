package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.llmmerging.MergeMethod;
import org.llmmerging.config.DidYouMean;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Settings;
import org.llmmerging.config.Sources;
import org.llmmerging.merge.OutputLayout.PlannedSlice;

/**
 * Lays out a whole model, or each module of one that has several: {@code encoder}, {@code decoder}, and {@code shared}
 * for the tensors of neither, which go with the first listed module when {@code shared} is not listed.
 */
final class ModulePlanner {
    /** The only module of most models. */
    static final String DEFAULT = "default";

    private static final String SHARED = "shared";
    private static final List<String> KNOWN = List.of(DEFAULT, "encoder", "decoder", SHARED);

    private final MergeConfig config;
    private final MergeMethod method;
    private final ModelStore store;
    private final Problems problems;
    private final Map<String, List<LayerOrigin>> slicedLayers = new TreeMap<>();

    ModulePlanner(MergeConfig config, MergeMethod method, ModelStore store, Problems problems) {
        this.config = config;
        this.method = method;
        this.store = store;
        this.problems = problems;
    }

    /** The tensors of the output. */
    List<Recipe> recipes() {
        List<Recipe> recipes = new ArrayList<>();
        switch (config.sources()) {
            case Sources.OfModule whole -> recipes.addAll(lay(DEFAULT, whole, Settings.none(), name -> true));
            case Sources.Modules modules -> {
                if (namesAreUsable(modules)) {
                    modules.modules().forEach(
                            (name, module) -> recipes.addAll(lay(name, module, modules.modules().keySet())));
                }
            }
        }
        return recipes;
    }

    /** Where the layers of each module that is made of slices come from, by the module's name. */
    Map<String, List<LayerOrigin>> slicedLayers() {
        return slicedLayers;
    }

    private List<Recipe> lay(String name, Sources.OutputModule module, Set<String> all) {
        if (!hasTensors(module.sources(), name, listed(name, all))) {
            problems.add(module.position(), "neither its models nor the base have a tensor of the module '" + name
                    + "'. Name models that have it, or remove it");
            return List.of();
        }
        return lay(name, module.sources(), module.parameters(), listed(name, all));
    }

    /** What is shared counts for a module only where no model has tensors of its own for it. */
    private boolean hasTensors(Sources.OfModule sources, String module, Predicate<String> listed) {
        Predicate<String> own = tensor -> TensorName.moduleOf(tensor).equals(module);
        return tensors(Stream.concat(sources.models(), Stream.ofNullable(config.baseModel())))
                .anyMatch(tensors(config.models().stream()).anyMatch(own) ? own : listed);
    }

    private Stream<String> tensors(Stream<ModelReference> models) {
        return models.flatMap(model -> store.open(model).tensors().keySet().stream());
    }

    private List<Recipe> lay(String name, Sources.OfModule sources, Settings settings, Predicate<String> listed) {
        List<PlannedSlice> slices = new SlicePlanner(config, method, store, problems, listed).slices(sources);
        OutputLayout layout = new OutputLayout(problems, List.of(settings, config.parameters()));
        List<Recipe> recipes = List.copyOf(layout.lay(slices));
        if (sources instanceof Sources.Slices) {
            slicedLayers.put(name, layout.layers());
        }
        return recipes;
    }

    private static Predicate<String> listed(String module, Set<String> all) {
        boolean withShared = !all.contains(SHARED) && module.equals(all.iterator().next());
        return tensor -> {
            String of = TensorName.moduleOf(tensor);
            return module.equals(DEFAULT) || of.equals(module) || (withShared && of.equals(SHARED));
        };
    }

    private boolean namesAreUsable(Sources.Modules modules) {
        Set<String> names = modules.modules().keySet();
        boolean usable = true;
        for (Map.Entry<String, Sources.OutputModule> module : modules.modules().entrySet()) {
            String name = module.getKey();
            if (!KNOWN.contains(name) || (name.equals(DEFAULT) && names.size() > 1)) {
                usable = false;
                problems.add(
                        module.getValue().position(),
                        KNOWN.contains(name)
                                ? "the module 'default' is the whole model. Remove it, or the other modules"
                                : "unknown module '" + name + "'. " + DidYouMean.remedy(name, KNOWN));
            }
        }
        if (!usable) {
            return false;
        }
        Set<String> missing = new TreeSet<>();
        tensors(config.models().stream()).forEach(tensor -> missing.add(TensorName.moduleOf(tensor)));
        missing.remove(SHARED);
        missing.removeAll(names);
        if (!names.contains(DEFAULT) && !missing.isEmpty()) {
            problems.add(config.positionOf("modules"),
                    "the models also have the module '" + String.join("', '", missing)
                            + "', which the output would lack. Add it under modules:");
            return false;
        }
        return true;
    }
}
