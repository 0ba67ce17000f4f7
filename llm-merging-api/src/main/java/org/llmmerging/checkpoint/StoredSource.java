package org.llmmerging.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
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

    @Override
    public Optional<MemorySegment> stored() {
        return Optional.of(tensor.data());
    }
}
