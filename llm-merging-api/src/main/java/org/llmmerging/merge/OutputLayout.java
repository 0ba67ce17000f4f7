package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Settings;

/** Lays the layers of the output out, slice after slice, and finds the input tensors of each of its tensors. */
final class OutputLayout {
    private final Problems problems;
    private final List<Settings> outerLevels;
    private final SortedMap<String, Recipe> recipes = new TreeMap<>();
    private final GroupedProblems missing = new GroupedProblems();
    private final List<LayerOrigin> layers = new ArrayList<>();

    /** @param outerLevels where global parameters are looked up after the slice's own */
    OutputLayout(Problems problems, List<Settings> outerLevels) {
        this.problems = problems;
        this.outerLevels = outerLevels;
    }

    /**
     * One model's share of a slice.
     *
     * @param firstLayer the first of its layers in the slice
     * @param endLayer the layer after the last, or −1 for all layers of the model
     * @param settings parameters given to this model alone
     * @param position where the configuration lists it
     */
    record Part(TensorNames names, int firstLayer, int endLayer, Settings settings, Position position) {
        private int length(String stack) {
            return (endLayer < 0 ? names.layers(stack) : endLayer) - firstLayer;
        }
    }

    /**
     * A run of output layers.
     *
     * @param base the base model's share, when it is not merged like the others
     * @param parts the models that are merged
     */
    record PlannedSlice(@Nullable Part base, List<Part> parts, Settings settings) {
        private List<Part> all() {
            List<Part> all = new ArrayList<>(parts);
            if (base != null) {
                all.add(base);
            }
            return all;
        }
    }

    /** The recipes by output name. Problems are added to those the layout was made with. */
    Collection<Recipe> lay(List<PlannedSlice> slices) {
        for (PlannedSlice slice : slices) {
            layLayers(slice);
        }
        layOutside(slices.getFirst(), true);
        layOutside(slices.getLast(), false);
        missing.report(problems);
        return recipes.values();
    }

    /** Where each layer that has been laid comes from. */
    List<LayerOrigin> layers() {
        return List.copyOf(layers);
    }

    private void layLayers(PlannedSlice slice) {
        TreeSet<String> stacks = new TreeSet<>();
        slice.all().forEach(part -> stacks.addAll(part.names().stacks()));
        int longest = 0;
        for (String stack : stacks) {
            int length = slice.all().stream().mapToInt(part -> part.length(stack)).max().orElse(0);
            for (int k = 0; k < length; k++) {
                layLayer(slice, stack, k, length == 1 ? 1 : k / (length - 1.0));
            }
            longest = Math.max(longest, length);
        }
        Part first = slice.all().getFirst();
        for (int k = 0; k < longest; k++) {
            layers.add(new LayerOrigin(first.names().model().folder(), first.firstLayer() + k));
        }
    }

    private void layLayer(PlannedSlice slice, String stack, int index, double depth) {
        TreeSet<String> rests = new TreeSet<>();
        slice.all().forEach(part -> rests.addAll(part.names().restsOf(stack, part.firstLayer() + index)));
        for (String rest : rests) {
            TensorName output = new TensorName(stack, layers.size() + index, rest);
            add(slice, output.atLayer(output.layer()), depth, part -> output.atLayer(part.firstLayer() + index));
        }
    }

    private void layOutside(PlannedSlice slice, boolean beforeLayers) {
        TreeSet<String> names = new TreeSet<>();
        slice.all().forEach(part -> names.addAll(part.names().outsideLayers()));
        for (String name : names) {
            if (TensorRoles.comesBeforeLayers(name) == beforeLayers) {
                add(slice, name, 0, part -> name);
            }
        }
    }

    private void add(PlannedSlice slice, String output, double depth, Function<Part, String> inputName) {
        List<Recipe.Input> inputs = new ArrayList<>();
        for (Part part : slice.parts()) {
            input(part, inputName.apply(part)).ifPresent(inputs::add);
        }
        Part basePart = slice.base();
        Recipe.Input base = basePart == null
                ? null
                : input(basePart, inputName.apply(basePart)).orElse(null);
        if (inputs.size() == slice.parts().size() && (base != null || basePart == null)) {
            List<Settings> levels = new ArrayList<>();
            levels.add(slice.settings());
            levels.addAll(outerLevels);
            recipes.put(output, new Recipe(output, depth, base, inputs, levels));
        }
    }

    private Optional<Recipe.Input> input(Part part, String name) {
        Optional<String> found = part.names().resolve(name);
        if (found.isEmpty()) {
            String model = part.names().model().label();
            missing.add(
                    model,
                    part.position(),
                    model + " has no tensor " + name + ", which another model of this merge has",
                    name,
                    "Merge models of one architecture");
        }
        return found.map(own -> new Recipe.Input(part.names().model(), name, own, part.settings(), part.position()));
    }
}
