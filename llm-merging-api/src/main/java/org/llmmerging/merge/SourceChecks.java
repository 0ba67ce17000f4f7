package org.llmmerging.merge;

import java.util.List;
import org.llmmerging.MergeMethod;
import org.llmmerging.WholeTensorMethod;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.config.Position;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/**
 * What the tensors of one output must have in common to be merged, or copied. Each check says whether they have, and
 * reports what they have not.
 *
 * @param position where the sources of the merge stand
 */
record SourceChecks(MergeMethod method, Position position, GroupedProblems grouped) {
    boolean sameShape(String tensor, List<TensorSource> sources) {
        TensorSource first = sources.getFirst();
        boolean same = true;
        for (TensorSource other : sources) {
            if (!other.info().shape().equals(first.info().shape())) {
                grouped.add(
                        "shapes of " + first.model() + " and " + other.model(),
                        position,
                        "tensor " + tensor + " has shape " + first.info().shape() + " in " + first.model() + " and "
                                + other.info().shape() + " in " + other.model(),
                        tensor + " (" + first.info().shape() + " and " + other.info().shape() + ")",
                        "Merge models of one architecture and size");
                same = false;
            }
        }
        return same;
    }

    boolean sameType(String tensor, List<TensorSource> sources) {
        TensorSource first = sources.getFirst();
        boolean same = true;
        for (TensorSource other : sources) {
            DType type = first.info().dtype();
            DType otherType = other.info().dtype();
            if (otherType != type) {
                grouped.add(
                        "copied types of " + first.model() + " and " + other.model(),
                        position,
                        "tensor " + tensor + " has type " + type.torchName() + " in " + first.model() + " and "
                                + otherType.torchName() + " in " + other.model() + ", which can only be copied",
                        tensor + " (" + type.torchName() + " and " + otherType.torchName() + ")",
                        "Convert one of the models first");
                same = false;
            }
        }
        return same;
    }

    boolean mergeable(List<TensorSource> sources) {
        boolean all = true;
        for (TensorSource source : sources) {
            if (!source.info().dtype().isMergeable()) {
                grouped.add(
                        "types of " + source.model(),
                        position,
                        "tensor " + source.info().name() + " of " + source.model() + " has type "
                                + source.info().dtype().torchName()
                                + ", which cannot be merged with floating-point numbers",
                        source.info().name(),
                        "Convert that model first");
                all = false;
            }
        }
        return all;
    }

    boolean fitsMethod(String tensor, Shape shape) {
        if (!(method instanceof WholeTensorMethod) || shape.elements() <= WholeTensorMethod.MOST_ELEMENTS) {
            return true;
        }
        grouped.add(
                "sizes",
                position,
                "tensor " + tensor + " has " + shape.elements() + " elements, and " + method.name()
                        + ", which works on whole tensors, takes at most " + WholeTensorMethod.MOST_ELEMENTS,
                tensor,
                "Use a method that streams its tensors");
        return false;
    }
}
