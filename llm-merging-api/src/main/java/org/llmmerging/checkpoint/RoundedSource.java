package org.llmmerging.checkpoint;

import java.lang.foreign.MemorySegment;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.FloatCodec;

/** A tensor whose elements are rounded to a type before anything is done with them. Thread-safe. */
public record RoundedSource(TensorSource source, DType dtype) implements TensorSource {

    /** The source itself when its elements already fit the type: what is computed need not, whatever its file has. */
    public static TensorSource of(TensorSource source, DType dtype) {
        boolean isStoredSo = source.info().dtype() == dtype
                && (source.stored().isPresent() || source instanceof RoundedSource);
        boolean exact = isStoredSo || dtype == DType.F32 || dtype == DType.F64;
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

    @Override
    public long storedBytes(long elements) {
        return source.storedBytes(elements);
    }
}
