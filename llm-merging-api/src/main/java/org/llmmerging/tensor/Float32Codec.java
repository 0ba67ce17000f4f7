package org.llmmerging.tensor;

import java.lang.foreign.MemorySegment;

/** float32 as it is: a copy of the bits. */
final class Float32Codec implements FloatCodec {
    static final FloatCodec INSTANCE = new Float32Codec();

    private Float32Codec() {}

    @Override
    public void decode(MemorySegment data, long firstElement, float[] into, int at, int count) {
        MemorySegment.copy(data, Layouts.FLOAT, firstElement * Float.BYTES, into, at, count);
    }

    @Override
    public void encode(float[] from, int at, int count, MemorySegment into, long firstElement) {
        MemorySegment.copy(from, at, into, Layouts.FLOAT, firstElement * Float.BYTES, count);
    }
}
