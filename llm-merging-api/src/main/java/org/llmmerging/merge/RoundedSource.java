package org.llmmerging.merge;

import java.lang.foreign.MemorySegment;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.FloatCodec;

/** A tensor whose elements are first rounded to a narrower type, as {@code dtype} in a configuration asks. */
record RoundedSource(TensorSource source, DType dtype) implements TensorSource {

    /** The source itself when its elements already fit the type. */
    static TensorSource of(TensorSource source, DType dtype) {
        DType stored = source.info().dtype();
        boolean exact = stored == dtype || dtype == DType.F32 || dtype == DType.F64;
        return exact ? source : new RoundedSource(source, dtype);
    }

    @Override
    public TensorInfo info() {
        return new TensorInfo(source.info().name(), dtype, source.info().shape());
    }

    @Override
    public String model() {
        return source.model();
    }

    @Override
    public void read(long first, float[] into, int count) {
        source.read(first, into, count);
        FloatCodec codec = FloatCodec.of(dtype);
        MemorySegment rounded = MemorySegment.ofArray(new byte[count * dtype.bytes()]);
        codec.encode(into, 0, count, rounded, 0);
        codec.decode(rounded, 0, into, 0, count);
    }
}
