package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergeMethod;
import org.llmmerging.MergeMethod.MixedTypes;
import org.llmmerging.checkpoint.RoundedSource;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Quoting;
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
    private final @Nullable VocabularyPlan vocabulary;
    private final VocabularyFit fit;
    private final Problems problems;
    private final GroupedProblems grouped = new GroupedProblems();
    private final Position position;
    private final SourceChecks checks;
    /** Tensors that can only be copied, by their type. */
    private final SortedMap<DType, List<String>> copied = new TreeMap<>();
    /** Tensors of float64 that the method reads as float32, though the output could hold them. */
    private final List<String> narrowed = new ArrayList<>();

    /**
     * @param vocabulary what rows the tensors with a row for each token get, or null to leave them
     * @param problems receives what keeps a tensor from being planned; a note for every type that tensors keep in
     *     spite of {@code dtype}, and one for all that lose digits
     */
    TensorPlanner(
            MergeConfig config,
            MergeMethod method,
            ParameterResolver parameters,
            @Nullable VocabularyPlan vocabulary,
            VocabularyFit fit,
            Problems problems) {
        this.config = config;
        this.method = method;
        this.parameters = parameters;
        this.vocabulary = vocabulary;
        this.fit = fit;
        this.problems = problems;
        this.position = config.sources().position();
        this.checks = new SourceChecks(method, position, grouped);
    }

    /** The planned tensors. */
    List<PlannedTensor> plan(List<Recipe> recipes) {
        List<PlannedTensor> tensors = new ArrayList<>();
        recipes.forEach(recipe -> plan(recipe).ifPresent(tensors::add));
        grouped.report(problems);
        noteUnconverted();
        noteNarrowed();
        return tensors;
    }

    private Optional<PlannedTensor> plan(Recipe recipe) {
        ResolvedParameters resolved = parameters.resolve(recipe);
        if (recipe.inputs().isEmpty()) {
            return Optional.empty();
        }
        SourceTensors sources = sources(recipe);
        if (vocabulary != null) {
            vocabulary.checkLenders(recipe.output(), inputs(recipe), grouped);
        }
        if (VocabularyFit.differsInRows(sources.all())) {
            Optional<Long> rows = fit.rows(recipe.output(), sources, position);
            if (rows.isEmpty()) {
                return Optional.empty();
            }
            sources = sources.map(source -> new LeadingRows(source, rows.get()));
        }
        return plan(recipe.output(), sources, resolved);
    }

    private Optional<PlannedTensor> plan(String name, SourceTensors sources, ResolvedParameters resolved) {
        List<TensorSource> all = sources.all();
        int models = sources.models().size();
        MethodCode code = new MethodCode(method, name);
        if (!checks.sameShape(name, all)) {
            return Optional.empty();
        }
        Shape shape = all.getFirst().info().shape();
        if (all.stream().noneMatch(source -> source.info().dtype().isMergeable())) {
            return copied(code, all, models, resolved);
        }
        if (!checks.mergeable(all) || !checks.fitsMethod(name, shape)) {
            return Optional.empty();
        }
        if (parameters.isSound()) {
            checkValues(code, shape, models, resolved);
        }
        DType arithmetic = arithmeticType(code, sources);
        boolean asBase = config.dtype() == null && code.mixedTypes() == MixedTypes.WRITE_AS_BASE;
        TensorSource base = sources.base();
        DType own = code.outputType(asBase && base != null ? base.info().dtype() : arithmetic);
        DType written = config.outDtype() == null ? own : config.outDtype();
        TensorInfo output = new TensorInfo(name, written, shape);
        if (written == DType.F64
                && arithmetic == DType.F64
                && all.stream().anyMatch(source -> source.info().dtype() == DType.F64)) {
            if (isCopy(code, all, resolved)) {
                return Optional.of(new PlannedTensor(output, null, sources, resolved));
            }
            narrowed.add(name);
        }
        return Optional.of(new PlannedTensor(
                output, method, sources.map(source -> rounded(source, arithmetic)), resolved));
    }

    private boolean isCopy(MethodCode code, List<TensorSource> all, ResolvedParameters resolved) {
        return all.size() == 1
                && all.getFirst().stored().isPresent()
                && parameters.isSound()
                && code.isCopy(resolved);
    }

    private void noteUnconverted() {
        DType wanted = config.outDtype() == null ? config.dtype() : config.outDtype();
        if (wanted == null) {
            return;
        }
        copied.forEach((type, names) -> {
            boolean single = names.size() == 1;
            problems.note((single ? "tensor " + names.getFirst() + " has" : "tensors " + Quoting.list(names) + " have")
                    + " type " + type.torchName() + ", which can only be copied: "
                    + (single ? "it is" : "they are") + " not converted to " + wanted.torchName());
        });
    }

    private void noteNarrowed() {
        if (!narrowed.isEmpty()) {
            problems.note((narrowed.size() == 1 ? "tensor " : "tensors ") + Quoting.list(narrowed)
                    + (narrowed.size() == 1 ? " is" : " are")
                    + " read and written as float64 and merged in float32, which holds fewer digits");
        }
    }

    /** What cannot be computed with is copied, if copying is what the method does and all models agree. */
    private Optional<PlannedTensor> copied(
            MethodCode code, List<TensorSource> all, int models, ResolvedParameters resolved) {
        String name = code.tensor();
        TensorInfo first = all.getFirst().info();
        if (!checks.sameType(name, all)) {
            return Optional.empty();
        }
        String type = "has type " + first.dtype().torchName() + ", which can only be copied";
        Optional<TensorSource> computed = all.stream().filter(each -> each.stored().isEmpty()).findFirst();
        if (computed.isPresent()) {
            String tensor = "tensor " + name + " of " + computed.get().model();
            grouped.add(
                    "computed values of " + computed.get().model(),
                    position,
                    tensor + " " + type
                            + ", not cut, put into the order of another vocabulary or changed by an adapter",
                    name,
                    "Convert that model first");
            return Optional.empty();
        }
        if (parameters.isSound() && !code.keepsEqualTensors(models, resolved)) {
            grouped.add(
                    "parameters of what is copied",
                    position,
                    "tensor " + name + " " + type + ", and the parameters of " + method.name() + " would change it",
                    name,
                    "Convert the models first, or give this tensor other parameters by a filter");
            return Optional.empty();
        }
        copied.computeIfAbsent(first.dtype(), each -> new ArrayList<>()).add(name);
        TensorInfo output = new TensorInfo(name, first.dtype(), first.shape());
        return Optional.of(new PlannedTensor(output, null, new SourceTensors(null, all), resolved));
    }

    private static List<Recipe.Input> inputs(Recipe recipe) {
        List<Recipe.Input> inputs = new ArrayList<>(recipe.inputs());
        Recipe.Input base = recipe.base();
        if (base != null) {
            inputs.addFirst(base);
        }
        return inputs;
    }

    private SourceTensors sources(Recipe recipe) {
        Recipe.Input base = recipe.base();
        return new SourceTensors(
                base == null ? null : source(base, recipe.output()),
                recipe.inputs().stream().map(input -> source(input, recipe.output())).toList());
    }

    private TensorSource source(Recipe.Input input, String output) {
        TensorSource source = input.model().source(input.stored());
        return vocabulary == null || !TensorRoles.isVocabulary(source.info())
                ? source
                : vocabulary.remap(output, input.model(), source);
    }

    private void checkValues(MethodCode code, Shape shape, int models, ResolvedParameters resolved) {
        try {
            code.check(shape, models, resolved);
        } catch (ConfigException refused) {
            String message = String.valueOf(refused.getMessage());
            int remedy = message.indexOf(". ");
            grouped.add(
                    "values",
                    position,
                    "for " + code.tensor() + ", " + (remedy < 0 ? message : message.substring(0, remedy)),
                    "",
                    remedy < 0 ? "Change a parameter" : message.substring(remedy + 2));
        }
    }

    private DType arithmeticType(MethodCode code, SourceTensors sources) {
        DType wanted = config.dtype();
        if (wanted != null) {
            return wanted;
        }
        TensorSource base = sources.base();
        if (base != null && code.mixedTypes() == MixedTypes.ROUND_TO_BASE) {
            return base.info().dtype();
        }
        Set<DType> types = sources.all().stream().map(each -> each.info().dtype()).collect(Collectors.toSet());
        return types.size() == 1 ? types.iterator().next() : DType.F32;
    }

    /** What is computed, as with an adapter, is rounded to a type that is asked for even if its file has that type. */
    private TensorSource rounded(TensorSource source, DType arithmetic) {
        return config.dtype() != null || source.info().dtype() != arithmetic
                ? RoundedSource.of(source, arithmetic)
                : source;
    }
}
