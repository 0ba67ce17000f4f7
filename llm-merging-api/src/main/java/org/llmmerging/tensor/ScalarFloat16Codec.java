package org.llmmerging.tensor;

import java.lang.foreign.MemorySegment;

/** IEEE 754 binary16 in plain loops. */
final class ScalarFloat16Codec implements FloatCodec {
    static final FloatCodec INSTANCE = new ScalarFloat16Codec();

    private ScalarFloat16Codec() {}

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
        int magnitude = stored & 0x7fff;
        int sign = (stored & 0x8000) << 16;
        int bits = magnitude << Float16Bits.EXTRA_FRACTION;
        if (magnitude >= Float16Bits.INFINITY) {
            int quiet = magnitude > Float16Bits.INFINITY ? Float16Bits.QUIET_FLOAT : 0;
            return Float.intBitsToFloat(sign | Float16Bits.FLOAT_INFINITY | bits | quiet);
        }
        float value = Float.intBitsToFloat(bits) * Float16Bits.REBIAS;
        return Float.intBitsToFloat(sign | Float.floatToRawIntBits(value));
    }

    private static short encode(int bits) {
        int magnitude = bits & 0x7fff_ffff;
        int sign = (bits >>> 16) & 0x8000;
        return (short) (sign | encodeMagnitude(magnitude));
    }

    private static int encodeMagnitude(int magnitude) {
        if (magnitude > Float16Bits.FLOAT_INFINITY) {
            return Float16Bits.QUIET | ((magnitude >>> Float16Bits.EXTRA_FRACTION) & 0x3ff);
        }
        if (magnitude >= Float16Bits.FIRST_TOO_LARGE) {
            return Float16Bits.INFINITY;
        }
        if (magnitude < Float16Bits.FIRST_NORMAL) {
            float aligned = Float.intBitsToFloat(magnitude) + Float16Bits.SUBNORMAL_UNIT;
            return Float.floatToRawIntBits(aligned) - Float.floatToRawIntBits(Float16Bits.SUBNORMAL_UNIT);
        }
        int isOdd = (magnitude >>> Float16Bits.EXTRA_FRACTION) & 1;
        return (magnitude - Float16Bits.BIAS_DIFFERENCE + 0xfff + isOdd) >>> Float16Bits.EXTRA_FRACTION;
    }
}
