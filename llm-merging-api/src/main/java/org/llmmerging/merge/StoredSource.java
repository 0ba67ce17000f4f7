package org.llmmerging.merge;

import java.lang.foreign.MemorySegment;
import org.llmmerging.checkpoint.Tensor;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.FloatCodec;

/** A tensor as its file has it. */
record StoredSource(String model, Tensor tensor) implements TensorSource {

    @Override
    public TensorInfo info() {
        return tensor.info();
    }

    @Override
    public void read(long first, float[] into, int count) {
        FloatCodec.of(tensor.info().dtype()).decode(tensor.data(), first, into, 0, count);
    }

    /** The bytes of a tensor of a type that is not merged, and so neither adapted nor rounded. */
    static MemorySegment dataOf(TensorSource source) {
        if (source instanceof StoredSource stored) {
            return stored.tensor.data();
        }
        throw new IllegalArgumentException(source.info().name() + " is not as its file has it");
    }
}
