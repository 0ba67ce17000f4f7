package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.ModelCount;
import org.llmmerging.MergeMethod;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Settings;
import org.llmmerging.config.Sources;
import org.llmmerging.merge.OutputLayout.Part;
import org.llmmerging.merge.OutputLayout.PlannedSlice;

/** Opens the models of a configuration and gives each its role: the base that others are seen from, or a part. */
final class SlicePlanner {
    private final MergeConfig config;
    private final MergeMethod method;
    private final ModelStore store;
    private final Problems problems;
    private final Map<ModelReference, TensorNames> names = new HashMap<>();

    SlicePlanner(MergeConfig config, MergeMethod method, ModelStore store, Problems problems) {
        this.config = config;
        this.method = method;
        this.store = store;
        this.problems = problems;
    }

    /** The slices of one module; whole models are a single slice. */
    List<PlannedSlice> slices(Sources.OfModule sources) {
        return switch (sources) {
            case Sources.Models models -> List.of(whole(models));
            case Sources.Slices slices -> slices.slices().stream().map(this::slice).toList();
        };
    }

    private PlannedSlice whole(Sources.Models models) {
        List<Candidate> candidates = new ArrayList<>();
        for (Sources.Input input : models.inputs()) {
            candidates.add(new Candidate(input.model(), new Part(names(input.model()), 0, -1, input.parameters())));
        }
        return assign(models.position(), config.baseModel(), candidates, Settings.none());
    }

    private PlannedSlice slice(Sources.Slice slice) {
        List<Candidate> candidates = new ArrayList<>();
        for (Sources.SliceSource source : slice.sources()) {
            TensorNames named = names(source.model());
            checkRange(source, named);
            candidates.add(new Candidate(
                    source.model(), new Part(named, source.firstLayer(), source.endLayer(), source.parameters())));
        }
        ModelReference base = slice.baseModel() == null ? config.baseModel() : slice.baseModel();
        return assign(slice.position(), base, candidates, slice.parameters());
    }

    private record Candidate(ModelReference reference, Part part) {
    }

    private PlannedSlice assign(
            Position position, @Nullable ModelReference base, List<Candidate> candidates, Settings settings) {
        List<Part> parts = new ArrayList<>();
        Part basePart = null;
        boolean member = method.models().base() == ModelCount.Base.MEMBER;
        for (Candidate candidate : candidates) {
            if (!member && candidate.reference().equals(base)) {
                basePart = candidate.part();
            } else {
                parts.add(candidate.part());
            }
        }
        boolean listed = candidates.stream().anyMatch(candidate -> candidate.reference().equals(base));
        if (base != null && !listed) {
            Part first = candidates.getFirst().part();
            Part added = new Part(names(base), first.firstLayer(), first.endLayer(), Settings.none());
            if (!member) {
                basePart = added;
            } else if (first.endLayer() < 0) {
                parts.add(added); // as mergekit does for whole models, and not for slices
            }
        }
        checkCount(position, basePart, parts);
        return new PlannedSlice(position, basePart, parts, settings);
    }

    private void checkCount(Position position, @Nullable Part base, List<Part> parts) {
        ModelCount count = method.models();
        String besides = count.base() == ModelCount.Base.MEMBER ? "" : " besides the base model";
        if (count.base() == ModelCount.Base.REQUIRED && base == null) {
            problems.add(position, "method " + method.name() + " needs a base_model. Add base_model: with the model"
                    + " that the others were trained from");
        }
        if (parts.size() < count.minimum() || parts.size() > count.maximum()) {
            String wanted = count.minimum() == count.maximum()
                    ? "exactly " + count.minimum()
                    : parts.size() < count.minimum() ? "at least " + count.minimum() : "at most " + count.maximum();
            problems.add(position, "method " + method.name() + " merges " + wanted + (wanted.endsWith(" 1") ? " model" : " models") + besides
                    + ", and the configuration has " + parts.size() + ". Change the list of models or the method");
        }
    }

    private void checkRange(Sources.SliceSource source, TensorNames named) {
        if (named.stacks().size() > 1) {
            problems.add(source.position(), source.model() + " has several stacks of layers " + named.stacks()
                    + ", which layer_range cannot tell apart. Merge whole models with models:");
        }
        for (String stack : named.stacks()) {
            if (source.endLayer() > named.layers(stack)) {
                problems.add(source.position(), "layer_range [" + source.firstLayer() + ", " + source.endLayer()
                        + "] goes beyond the " + named.layers(stack) + " layers of " + source.model()
                        + ". The end is not included, so the largest is " + named.layers(stack));
            }
        }
    }

    private TensorNames names(ModelReference reference) {
        return names.computeIfAbsent(reference, unknown -> new TensorNames(store.open(unknown)));
    }
}
