package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
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
    private static final String BASE_MODEL = "base_model";

    private final MergeConfig config;
    private final MergeMethod method;
    private final ModelStore store;
    private final Problems problems;
    private final Predicate<String> listed;
    private final Map<ModelReference, TensorNames> names = new HashMap<>();

    /** @param listed gives the names of the tensors of the module that is planned */
    SlicePlanner(
            MergeConfig config, MergeMethod method, ModelStore store, Problems problems, Predicate<String> listed) {
        this.config = config;
        this.method = method;
        this.store = store;
        this.problems = problems;
        this.listed = listed;
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
            Part part = new Part(names(input.model()), 0, -1, input.parameters(), input.position());
            candidates.add(new Candidate(input.model(), part));
        }
        return assign(models.position(), config.baseModel(), candidates, Settings.none());
    }

    private PlannedSlice slice(Sources.Slice slice) {
        List<Candidate> candidates = new ArrayList<>();
        for (Sources.SliceSource source : slice.sources()) {
            TensorNames named = names(source.model());
            checkRange(source, named);
            Part part = new Part(
                    named, source.firstLayer(), source.endLayer(), source.parameters(), source.position());
            candidates.add(new Candidate(source.model(), part));
        }
        ModelReference base = slice.baseModel() == null ? config.baseModel() : slice.baseModel();
        return assign(slice.position(), base, candidates, slice.parameters());
    }

    private record Candidate(ModelReference reference, Part part) {}

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
        boolean isCandidate = candidates.stream().anyMatch(candidate -> candidate.reference().equals(base));
        if (base != null && !isCandidate) {
            Part first = candidates.getFirst().part();
            Part added = new Part(
                    names(base), first.firstLayer(), first.endLayer(), Settings.none(), config.positionOf(BASE_MODEL));
            if (!member) {
                basePart = added;
            } else if (first.endLayer() < 0) {
                parts.add(added); // as mergekit does for whole models, and not for slices
            }
        }
        checkCount(position, basePart, parts);
        return new PlannedSlice(basePart, parts, settings);
    }

    private void checkCount(Position position, @Nullable Part base, List<Part> parts) {
        ModelCount count = method.models();
        String besides = count.base() == ModelCount.Base.MEMBER ? "" : " besides the base model";
        boolean baseMissing = count.base() == ModelCount.Base.REQUIRED && base == null;
        if (baseMissing) {
            problems.add(position, "method " + method.name() + " needs a base_model. Add base_model: with the model"
                    + " that the others were trained from");
        }
        boolean tooFew = parts.size() < count.minimum();
        boolean oneIsTheBase = baseMissing && parts.size() - 1 == count.maximum();
        if (tooFew || (parts.size() > count.maximum() && !oneIsTheBase)) {
            String limit = count.minimum() == count.maximum() ? "exactly" : tooFew ? "at least" : "at most";
            int wanted = tooFew ? count.minimum() : count.maximum();
            problems.add(position, "method " + method.name() + " merges " + limit + " " + wanted
                    + (wanted == 1 ? " model" : " models") + besides + ", and the configuration has " + parts.size()
                    + ". Change the list of models or the method");
        }
    }

    private void checkRange(Sources.SliceSource source, TensorNames named) {
        if (named.stacks().isEmpty()) {
            problems.add(source.position(), source.model() + " has no layers here that layer_range could take. Name a"
                    + " model that has some, or merge it whole, under models:");
        }
        if (named.stacks().size() > 1) {
            long modules = named.stacks().stream()
                    .map(stack -> TensorName.moduleOf(stack + ".0"))
                    .distinct()
                    .count();
            problems.add(source.position(), source.model() + " has several stacks of layers, "
                    + String.join(" and ", named.stacks()) + ", which layer_range cannot tell apart. "
                    + (modules == named.stacks().size()
                            ? "Slice each of them under modules:, which takes encoder, decoder and shared"
                            : "Merge whole models, under models:"));
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
        return names.computeIfAbsent(reference, unknown -> store.names(unknown).listing(listed));
    }
}
