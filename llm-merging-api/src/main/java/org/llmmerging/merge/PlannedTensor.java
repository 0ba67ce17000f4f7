package org.llmmerging.merge;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergeMethod;
import org.llmmerging.Parameters;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.checkpoint.TensorSource;

/**
 * One tensor of the output and all that makes it.
 *
 * @param output name, type and shape as written
 * @param method what merges it, or null when the first model's bytes are copied
 * @param base the base model's tensor, when the method sees the others from it
 * @param models the other models' tensors, in the configuration's order
 * @param parameters the method's parameters for this tensor
 */
record PlannedTensor(
        TensorInfo output,
        @Nullable MergeMethod method,
        @Nullable TensorSource base,
        List<TensorSource> models,
        Parameters parameters) {
    PlannedTensor {
        models = List.copyOf(models);
    }

    /** Bytes that one pass over the inputs reads. */
    long inputBytes() {
        long bytes = base == null ? 0 : base.storedBytes();
        for (TensorSource model : models) {
            bytes += model.storedBytes();
        }
        return bytes;
    }
}
