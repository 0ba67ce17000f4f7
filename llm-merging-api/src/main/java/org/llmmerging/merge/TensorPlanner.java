package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergeMethod;
import org.llmmerging.checkpoint.RoundedSource;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/**
 * Settles the type and shape of each output tensor. Inputs are cast to {@code dtype}; without one, to the base's type
 * where there is a base of its own, else to the type that all share or float32. {@code out_dtype} is what is written.
 */
final class TensorPlanner {
    private final MergeConfig config;
    private final MergeMethod method;
    private final ParameterResolver parameters;
    private final Problems problems;

    TensorPlanner(MergeConfig config, MergeMethod method, ParameterResolver parameters, Problems problems) {
        this.config = config;
        this.method = method;
        this.parameters = parameters;
        this.problems = problems;
    }

    /** The planned tensor, or nothing when a problem was added. */
    Optional<PlannedTensor> plan(Recipe recipe, Position position) {
        ResolvedParameters resolved = parameters.resolve(recipe);
        List<TensorSource> models = new ArrayList<>();
        recipe.inputs().forEach(input -> models.add(input.model().source(input.name())));
        Recipe.Input baseInput = recipe.base();
        TensorSource base = baseInput == null ? null : baseInput.model().source(baseInput.name());
        List<TensorSource> all = new ArrayList<>(models);
        if (base != null) {
            all.addFirst(base);
        }
        if (all.isEmpty() || !sameShape(recipe.output(), all, position)) {
            return Optional.empty();
        }
        Shape shape = all.getFirst().info().shape();
        if (all.stream().noneMatch(source -> source.info().dtype().isMergeable())) {
            DType stored = all.getFirst().info().dtype();
            TensorInfo output = new TensorInfo(recipe.output(), stored, shape);
            return Optional.of(new PlannedTensor(output, null, null, all, resolved));
        }
        if (!mergeable(all, position)) {
            return Optional.empty();
        }
        DType arithmetic = arithmeticType(base, models);
        DType written = config.outDtype() == null ? arithmetic : config.outDtype();
        return Optional.of(new PlannedTensor(
                new TensorInfo(recipe.output(), written, shape),
                method,
                base == null ? null : RoundedSource.of(base, arithmetic),
                models.stream().map(model -> RoundedSource.of(model, arithmetic)).toList(),
                resolved));
    }

    private boolean sameShape(String tensor, List<TensorSource> sources, Position position) {
        TensorSource first = sources.getFirst();
        boolean same = true;
        for (TensorSource other : sources) {
            if (!other.info().shape().equals(first.info().shape())) {
                problems.add(
                        position,
                        "tensor " + tensor + " has shape " + first.info().shape() + " in " + first.model() + " and "
                                + other.info().shape() + " in " + other.model()
                                + ". Merge models of one architecture and vocabulary");
                same = false;
            }
        }
        return same;
    }

    private boolean mergeable(List<TensorSource> sources, Position position) {
        boolean all = true;
        for (TensorSource source : sources) {
            if (!source.info().dtype().isMergeable()) {
                problems.add(
                        position,
                        "tensor " + source.info().name() + " of " + source.model() + " has type "
                                + source.info().dtype().torchName()
                                + ", which cannot be merged with floating-point numbers. Convert that model first");
                all = false;
            }
        }
        return all;
    }

    private DType arithmeticType(@Nullable TensorSource base, List<TensorSource> models) {
        DType wanted = config.dtype();
        if (wanted != null) {
            return wanted;
        }
        if (base != null) {
            return base.info().dtype();
        }
        DType first = models.getFirst().info().dtype();
        return models.stream().allMatch(model -> model.info().dtype() == first) ? first : DType.F32;
    }
}
