package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.TensorSource;

/**
 * The tensors that make one tensor of the output.
 *
 * @param base the base model's, when the method sees the others from it
 * @param models the other models', in the configuration's order
 */
record SourceTensors(@Nullable TensorSource base, List<TensorSource> models) {
    SourceTensors {
        models = List.copyOf(models);
    }

    /** The base's, if there is one, and then the models'. */
    List<TensorSource> all() {
        List<TensorSource> all = new ArrayList<>(models);
        if (base != null) {
            all.addFirst(base);
        }
        return all;
    }

    /** Each replaced by what becomes of it. */
    SourceTensors map(UnaryOperator<TensorSource> change) {
        return new SourceTensors(
                base == null ? null : change.apply(base), models.stream().map(change).toList());
    }

    /** How many there are. */
    int count() {
        return models.size() + (base == null ? 0 : 1);
    }
}
