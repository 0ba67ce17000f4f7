package org.llmmerging.tensor;

import java.lang.foreign.MemorySegment;

/** float64, rounded to float32 when read. */
final class Float64Codec implements FloatCodec {
    static final FloatCodec INSTANCE = new Float64Codec();

    private Float64Codec() {}

    @Override
    public void decode(MemorySegment data, long firstElement, float[] into, int at, int count) {
        for (int i = 0; i < count; i++) {
            into[at + i] = (float) data.get(Layouts.DOUBLE, (firstElement + i) * Double.BYTES);
        }
    }

    @Override
    public void encode(float[] from, int at, int count, MemorySegment into, long firstElement) {
        for (int i = 0; i < count; i++) {
            into.set(Layouts.DOUBLE, (firstElement + i) * Double.BYTES, from[at + i]);
        }
    }
}
