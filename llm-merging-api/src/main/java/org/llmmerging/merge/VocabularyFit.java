package org.llmmerging.merge;

import java.util.List;
import java.util.Optional;
import org.llmmerging.MergeMethod;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.tensor.Shape;

/**
 * What is done with an embedding, or an output layer, that has more rows in one model than in another. It is refused;
 * when the user allows it, the leading rows are merged as mergekit does: those that all models have, which must be all
 * of the base's unless the method {@linkplain MergeMethod#cutsBase() cuts it}.
 */
final class VocabularyFit {
    private final MergeMethod method;
    private final boolean allowed;
    private final Problems problems;

    /** @param problems receives a note for every tensor that is cut, too */
    VocabularyFit(MergeMethod method, boolean allowed, Problems problems) {
        this.method = method;
        this.allowed = allowed;
        this.problems = problems;
    }

    /** Whether the tensors differ in nothing but the number of tokens. */
    static boolean differsInRows(List<TensorSource> sources) {
        if (!sources.stream().map(TensorSource::info).allMatch(TensorRoles::isVocabulary)) {
            return false;
        }
        TensorInfo first = sources.getFirst().info();
        return sources.stream().allMatch(source -> rowsAreAlike(first, source.info()))
                && sources.stream().map(VocabularyFit::rows).distinct().count() > 1;
    }

    /** Whether two tensors have rows of one shape. */
    static boolean rowsAreAlike(TensorInfo one, TensorInfo other) {
        return one.shape().rank() > 0 && other.shape().rank() > 0 && withoutRows(one).equals(withoutRows(other));
    }

    /**
     * The number of rows to merge.
     *
     * @return nothing, and a problem, when it is refused
     */
    Optional<Long> rows(String tensor, SourceTensors sources, Position position) {
        TensorSource base = sources.base();
        List<TensorSource> all = sources.all();
        long common = all.stream().mapToLong(VocabularyFit::rows).min().orElseThrow();
        if (base != null && rows(base) > common && !new MethodCode(method, tensor).cutsBase()) {
            TensorSource smaller = sources.models().stream()
                    .filter(model -> rows(model) == common)
                    .findFirst()
                    .orElseThrow();
            problems.add(
                    position,
                    described(tensor, base, smaller) + " and " + method.name()
                            + " cannot take a task vector of rows that"
                            + " a model lacks. Give both one vocabulary with tokenizer: {source: union}");
            return Optional.empty();
        }
        if (!allowed) {
            TensorSource first = all.getFirst();
            TensorSource other = all.stream().filter(each -> rows(each) != rows(first)).findFirst().orElseThrow();
            problems.add(
                    position,
                    described(tensor, first, other) + ". Give both one vocabulary with tokenizer: {source: union}, or"
                            + " cut it to the first " + common + " rows with --allow-crimes");
            return Optional.empty();
        }
        for (TensorSource source : all) {
            if (rows(source) > common) {
                problems.note("tensor " + tensor + ": the last " + (rows(source) - common) + " of the " + rows(source)
                        + " rows of " + source.model() + " are left out, because another model has only " + common
                        + " (--allow-crimes)");
            }
        }
        return Optional.of(common);
    }

    private static String described(String tensor, TensorSource one, TensorSource other) {
        return "tensor " + tensor + " has " + rows(one) + " rows in " + one.model() + " and " + rows(other) + " in "
                + other.model() + ": their vocabularies differ";
    }

    private static long rows(TensorSource source) {
        return source.info().shape().dimension(0);
    }

    private static Shape withoutRows(TensorInfo info) {
        long[] dimensions = info.shape().dimensions();
        dimensions[0] = 1;
        return Shape.of(dimensions);
    }
}
