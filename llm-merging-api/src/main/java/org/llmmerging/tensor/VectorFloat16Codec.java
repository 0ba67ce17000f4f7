package org.llmmerging.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** IEEE 754 binary16 on the Vector API: the bits of {@link ScalarFloat16Codec}, all cases computed and blended. */
final class VectorFloat16Codec implements FloatCodec {
    static final FloatCodec INSTANCE = new VectorFloat16Codec();

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorShapes.WIDE);
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, VectorShapes.WIDE);
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, VectorShapes.NARROW);

    private VectorFloat16Codec() {
    }

    @Override
    public void decode(MemorySegment data, long firstElement, float[] into, int at, int count) {
        StoredShorts stored = new StoredShorts(data, firstElement, count);
        for (int done = 0; done < count; done += stored.length()) {
            decode(stored.read(done), stored.length(), into, at + done);
        }
    }

    private static void decode(short[] stored, int count, float[] into, int at) {
        int whole = FLOATS.loopBound(count);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            IntVector wide = (IntVector) ShortVector.fromArray(SHORTS, stored, i)
                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
            decode(wide).reinterpretAsFloats().intoArray(into, at + i);
        }
        for (int i = whole; i < count; i++) {
            into[at + i] = ScalarFloat16Codec.decode(stored[i]);
        }
    }

    private static IntVector decode(IntVector stored) {
        IntVector magnitude = stored.and(0x7fff);
        IntVector sign = stored.and(0x8000).lanewise(VectorOperators.LSHL, 16);
        IntVector bits = magnitude.lanewise(VectorOperators.LSHL, Float16Bits.EXTRA_FRACTION);
        IntVector finite = bits.reinterpretAsFloats().mul(Float16Bits.REBIAS).reinterpretAsInts();
        VectorMask<Integer> isSpecial = magnitude.compare(VectorOperators.GE, Float16Bits.INFINITY);
        VectorMask<Integer> isNan = magnitude.compare(VectorOperators.GT, Float16Bits.INFINITY);
        IntVector special = bits.or(Float16Bits.FLOAT_INFINITY);
        return finite.blend(special, isSpecial)
                .blend(special.or(Float16Bits.QUIET_FLOAT), isNan)
                .or(sign);
    }

    @Override
    public void encode(float[] from, int at, int count, MemorySegment into, long firstElement) {
        int whole = FLOATS.loopBound(count);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            IntVector bits = FloatVector.fromArray(FLOATS, from, at + i).reinterpretAsInts();
            IntVector sign = bits.lanewise(VectorOperators.LSHR, 16).and(0x8000);
            encodeMagnitude(bits.and(0x7fff_ffff))
                    .or(sign)
                    .convertShape(VectorOperators.I2S, SHORTS, 0)
                    .intoMemorySegment(into, (firstElement + i) * Short.BYTES, ByteOrder.LITTLE_ENDIAN);
        }
        ScalarFloat16Codec.INSTANCE.encode(from, at + whole, count - whole, into, firstElement + whole);
    }

    private static IntVector encodeMagnitude(IntVector magnitude) {
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
        return normal
                .blend(subnormal, magnitude.compare(VectorOperators.LT, Float16Bits.FIRST_NORMAL))
                .blend(Float16Bits.INFINITY, magnitude.compare(VectorOperators.GE, Float16Bits.FIRST_TOO_LARGE))
                .blend(nan, magnitude.compare(VectorOperators.GT, Float16Bits.FLOAT_INFINITY));
    }
}
