package org.llmmerging.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** bfloat16 on the Vector API: the bits of {@link ScalarBfloat16Codec}. */
final class VectorBfloat16Codec extends RunCodec {
    static final FloatCodec INSTANCE = new VectorBfloat16Codec();

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorShapes.WIDE);
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, VectorShapes.WIDE);
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, VectorShapes.NARROW);

    private VectorBfloat16Codec() {}

    @Override
    int wholeVectors(int count) {
        return FLOATS.loopBound(count);
    }

    @Override
    FloatCodec scalar() {
        return ScalarBfloat16Codec.INSTANCE;
    }

    @Override
    void decode(short[] stored, int from, int end, float[] into, int at) {
        int whole = from + FLOATS.loopBound(end - from);
        for (int i = from; i < whole; i += FLOATS.length()) {
            IntVector bits = (IntVector) ShortVector.fromArray(SHORTS, stored, i)
                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
            bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(into, at + i);
        }
        for (int i = whole; i < end; i++) {
            into[at + i] = ScalarBfloat16Codec.decode(stored[i]);
        }
    }

    @Override
    void encode(float[] from, int at, int count, short[] into) {
        for (int i = 0; i < count; i += FLOATS.length()) {
            IntVector bits = FloatVector.fromArray(FLOATS, from, at + i).reinterpretAsInts();
            VectorMask<Integer> isNan = bits.and(0x7fff_ffff).compare(VectorOperators.GT, Float16Bits.FLOAT_INFINITY);
            IntVector rounded = bits.add(0x7fff).add(bits.lanewise(VectorOperators.LSHR, 16).and(1));
            IntVector stored = rounded.blend(bits.or(Float16Bits.QUIET_FLOAT), isNan)
                    .lanewise(VectorOperators.LSHR, 16);
            ((ShortVector) stored.convertShape(VectorOperators.I2S, SHORTS, 0)).intoArray(into, i);
        }
    }
}
