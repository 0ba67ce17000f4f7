package org.llmmerging.tensor;

import java.lang.foreign.MemorySegment;

/** bfloat16, the upper half of a float32, in plain loops. */
final class ScalarBfloat16Codec implements FloatCodec {
    static final FloatCodec INSTANCE = new ScalarBfloat16Codec();

    private ScalarBfloat16Codec() {}

    @Override
    public void decode(MemorySegment data, long firstElement, float[] into, int at, int count) {
        for (int i = 0; i < count; i++) {
            into[at + i] = decode(data.get(Layouts.SHORT, (firstElement + i) * Short.BYTES));
        }
    }

    @Override
    public void encode(float[] from, int at, int count, MemorySegment into, long firstElement) {
        for (int i = 0; i < count; i++) {
            short bits = encode(Float.floatToRawIntBits(from[at + i]));
            into.set(Layouts.SHORT, (firstElement + i) * Short.BYTES, bits);
        }
    }

    static float decode(short stored) {
        return Float.intBitsToFloat(stored << 16);
    }

    private static short encode(int bits) {
        boolean isNan = (bits & 0x7fff_ffff) > 0x7f80_0000;
        // Adding half a unit in the last place, less one for an even result, carries exactly when rounding up.
        int rounded = isNan ? bits | 0x0040_0000 : bits + 0x7fff + ((bits >>> 16) & 1);
        return (short) (rounded >>> 16);
    }
}
