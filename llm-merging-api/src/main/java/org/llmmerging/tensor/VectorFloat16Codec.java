package org.llmmerging.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** IEEE 754 binary16 on the Vector API: the bits of {@link ScalarFloat16Codec}, all cases computed and blended. */
final class VectorFloat16Codec extends RunCodec {
    static final FloatCodec INSTANCE = new VectorFloat16Codec();

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorShapes.WIDE);
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, VectorShapes.WIDE);
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, VectorShapes.NARROW);

    private VectorFloat16Codec() {}

    @Override
    int wholeVectors(int count) {
        return FLOATS.loopBound(count);
    }

    @Override
    FloatCodec scalar() {
        return ScalarFloat16Codec.INSTANCE;
    }

    @Override
    void decode(short[] stored, int from, int end, float[] into, int at) {
        int whole = from + FLOATS.loopBound(end - from);
        for (int i = from; i < whole; i += FLOATS.length()) {
            IntVector wide = (IntVector) ShortVector.fromArray(SHORTS, stored, i)
                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
            IntVector magnitude = wide.and(0x7fff);
            IntVector sign = wide.and(0x8000).lanewise(VectorOperators.LSHL, 16);
            IntVector bits = magnitude.lanewise(VectorOperators.LSHL, Float16Bits.EXTRA_FRACTION);
            IntVector finite = bits.reinterpretAsFloats().mul(Float16Bits.REBIAS).reinterpretAsInts();
            VectorMask<Integer> isSpecial = magnitude.compare(VectorOperators.GE, Float16Bits.INFINITY);
            VectorMask<Integer> isNan = magnitude.compare(VectorOperators.GT, Float16Bits.INFINITY);
            IntVector special = bits.or(Float16Bits.FLOAT_INFINITY);
            finite.blend(special, isSpecial)
                    .blend(special.or(Float16Bits.QUIET_FLOAT), isNan)
                    .or(sign)
                    .reinterpretAsFloats()
                    .intoArray(into, at + i);
        }
        for (int i = whole; i < end; i++) {
            into[at + i] = ScalarFloat16Codec.decode(stored[i]);
        }
    }

    @Override
    void encode(float[] from, int at, int count, short[] into) {
        for (int i = 0; i < count; i += FLOATS.length()) {
            IntVector bits = FloatVector.fromArray(FLOATS, from, at + i).reinterpretAsInts();
            IntVector sign = bits.lanewise(VectorOperators.LSHR, 16).and(0x8000);
            IntVector magnitude = bits.and(0x7fff_ffff);
            IntVector fraction = magnitude.lanewise(VectorOperators.LSHR, Float16Bits.EXTRA_FRACTION);
            IntVector normal = magnitude
                    .add(0xfff - Float16Bits.BIAS_DIFFERENCE)
                    .add(fraction.and(1))
                    .lanewise(VectorOperators.LSHR, Float16Bits.EXTRA_FRACTION);
            IntVector subnormal = magnitude
                    .reinterpretAsFloats()
                    .add(Float16Bits.SUBNORMAL_UNIT)
                    .reinterpretAsInts()
                    .sub(Float.floatToRawIntBits(Float16Bits.SUBNORMAL_UNIT));
            IntVector nan = fraction.and(0x3ff).or(Float16Bits.QUIET);
            IntVector stored = normal
                    .blend(subnormal, magnitude.compare(VectorOperators.LT, Float16Bits.FIRST_NORMAL))
                    .blend(Float16Bits.INFINITY, magnitude.compare(VectorOperators.GE, Float16Bits.FIRST_TOO_LARGE))
                    .blend(nan, magnitude.compare(VectorOperators.GT, Float16Bits.FLOAT_INFINITY))
                    .or(sign);
            ((ShortVector) stored.convertShape(VectorOperators.I2S, SHORTS, 0)).intoArray(into, i);
        }
    }
}
