package org.llmmerging.merge;

import org.llmmerging.checkpoint.TensorInfo;

/** One model's version of a tensor, read as float32 wherever it is stored and whatever is applied to it. */
interface TensorSource {

    /** Name, type and shape in the model it comes from. */
    TensorInfo info();

    /** The model, as messages name it. */
    String model();

    /**
     * Reads consecutive elements. Thread-safe; the values do not depend on how a tensor is cut into calls.
     *
     * @param first index of the first element in the flattened tensor
     * @param into receives {@code count} elements from index 0
     */
    void read(long first, float[] into, int count);
}
