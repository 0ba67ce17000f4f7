package org.llmmerging.checkpoint;

import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/** What a header says of one tensor. */
public record TensorInfo(String name, DType dtype, Shape shape) {
    /** Size of the stored data. */
    public long bytes() {
        return Math.multiplyExact(shape.elements(), dtype.bytes());
    }
}
