package org.llmmerging.merge;

import org.jspecify.annotations.Nullable;
import org.llmmerging.MergeMethod;
import org.llmmerging.Parameters;
import org.llmmerging.checkpoint.TensorInfo;

/**
 * One tensor of the output and all that makes it.
 *
 * @param output name, type and shape as written
 * @param method what merges it, or null when the first model's bytes are copied
 * @param sources what it is made from
 * @param parameters the method's parameters for this tensor
 */
record PlannedTensor(
        TensorInfo output,
        @Nullable MergeMethod method,
        SourceTensors sources,
        Parameters parameters) {}
