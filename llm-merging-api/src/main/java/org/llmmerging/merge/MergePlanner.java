package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.llmmerging.MergeMethod;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Settings;
import org.llmmerging.config.Sources;
import org.llmmerging.merge.OutputLayout.PlannedSlice;

/** Makes the plan of a merge from its configuration and the headers of its models; no weight is read. */
public final class MergePlanner {
    private final ModelStore store;
    private final Function<String, MergeMethod> methods;

    /**
     * @param store opens the models, and must stay open as long as the plan is used
     * @param methods finds a method by name, or throws what the user is to be told
     */
    public MergePlanner(ModelStore store, Function<String, MergeMethod> methods) {
        this.store = store;
        this.methods = methods;
    }

    /**
     * Plans a merge.
     *
     * @param seed seed of everything random
     * @throws org.llmmerging.config.ConfigException with everything that is wrong with the configuration
     * @throws org.llmmerging.checkpoint.CheckpointException when a model cannot be read
     */
    public MergePlan plan(MergeConfig config, long seed) {
        Problems problems = new Problems();
        MergeMethod method = methods.apply(config.mergeMethod());
        SettingsCheck.names(config, method, problems);
        List<Recipe> recipes = new ArrayList<>();
        SlicePlanner slicePlanner = new SlicePlanner(config, method, store, problems);
        int layers = 0;
        for (Map.Entry<Settings, Sources.OfModule> module : modules(config)) {
            List<PlannedSlice> slices = slicePlanner.slices(module.getValue());
            OutputLayout layout = new OutputLayout(problems, List.of(module.getKey(), config.parameters()));
            recipes.addAll(layout.lay(slices));
            layers = layout.layers();
        }
        SettingsCheck.filters(config, recipes, problems);
        problems.throwIfAny();

        ParameterResolver parameters = new ParameterResolver(method, seed, config.position(), problems);
        TensorPlanner tensorPlanner = new TensorPlanner(config, method, parameters, problems);
        List<PlannedTensor> tensors = new ArrayList<>();
        for (Recipe recipe : recipes) {
            tensorPlanner.plan(recipe, config.position()).ifPresent(tensors::add);
        }
        problems.throwIfAny();
        Map<String, Object> changes = new HashMap<>();
        if (config.sources() instanceof Sources.Slices) {
            changes.put("num_hidden_layers", layers);
        }
        SourceModel described = store.open(config.models().getFirst());
        return new MergePlan(store, method.name(), tensors, described.folder(), changes, List.of());
    }

    private static List<Map.Entry<Settings, Sources.OfModule>> modules(MergeConfig config) {
        return switch (config.sources()) {
            case Sources.OfModule whole -> List.of(Map.entry(Settings.none(), whole));
            case Sources.Modules modules -> modules.modules().values().stream()
                    .map(module -> Map.entry(module.parameters(), module.sources()))
                    .toList();
        };
    }
}
