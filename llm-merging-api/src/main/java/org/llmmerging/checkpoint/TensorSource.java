package org.llmmerging.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * One model's version of a tensor, read as float32 wherever it is stored and whatever is applied to it. Thread-safe,
 * and valid while the model is open.
 */
public interface TensorSource {

    /** Name, type and shape in the model it comes from. */
    TensorInfo info();

    /** The model, as a configuration names it. */
    String model();

    /**
     * Reads consecutive elements. The values do not depend on how a tensor is cut into calls.
     *
     * @param first index of the first element in the flattened tensor
     * @param into receives {@code count} elements from index 0
     * @throws IllegalArgumentException when the type is not {@linkplain org.llmmerging.tensor.DType#isMergeable
     *     mergeable}
     */
    void read(long first, float[] into, int count);

    /** Bytes of files that reading every element once touches. */
    default long storedBytes() {
        return storedBytes(info().shape().elements());
    }

    /** Bytes of files that reading the first so many elements touches. */
    default long storedBytes(long elements) {
        return Math.multiplyExact(elements, info().dtype().bytes());
    }

    /** The bytes as the file has them; nothing when the values are computed. */
    default Optional<MemorySegment> stored() {
        return Optional.empty();
    }
}
