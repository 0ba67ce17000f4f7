package org.llmmerging.merge;

import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.tensor.Shape;

/** The first rows of a tensor, the others left out. */
record LeadingRows(TensorSource source, long rows) implements TensorSource {

    @Override
    public TensorInfo info() {
        long[] dimensions = source.info().shape().dimensions();
        dimensions[0] = rows;
        return new TensorInfo(source.info().name(), source.info().dtype(), Shape.of(dimensions));
    }

    @Override
    public String model() {
        return source.model();
    }

    @Override
    public void read(long first, float[] into, int count) {
        source.read(first, into, count);
    }

    @Override
    public long storedBytes(long elements) {
        return source.storedBytes(elements);
    }
}
