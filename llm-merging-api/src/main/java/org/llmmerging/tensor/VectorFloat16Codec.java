package org.llmmerging.tensor;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** IEEE 754 binary16 on the Vector API: the bits of {@link ScalarFloat16Codec}, all cases computed and blended. */
final class VectorFloat16Codec implements FloatCodec {
    static final FloatCodec INSTANCE = new VectorFloat16Codec();

    /** Elements that a loop is over: few, so that it is soon called often enough to be compiled. */
    private static final int RUN = 1024;

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorShapes.WIDE);
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, VectorShapes.WIDE);
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, VectorShapes.NARROW);

    private VectorFloat16Codec() {}

    @Override
    public void decode(MemorySegment data, long firstElement, float[] into, int at, int count) {
        StoredShorts stored = new StoredShorts(data, firstElement, count);
        for (int done = 0; done < count; done += stored.length()) {
            short[] piece = stored.read(done);
            for (int from = 0; from < stored.length(); from += RUN) {
                decode(piece, from, Math.min(from + RUN, stored.length()), into, at + done);
            }
        }
    }

    private static void decode(short[] stored, int from, int end, float[] into, int at) {
        int whole = from + FLOATS.loopBound(end - from);
        for (int i = from; i < whole; i += FLOATS.length()) {
            IntVector wide = (IntVector) ShortVector.fromArray(SHORTS, stored, i)
                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
            decode(wide).reinterpretAsFloats().intoArray(into, at + i);
        }
        for (int i = whole; i < end; i++) {
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
        short[] run = new short[Math.min(RUN, FLOATS.loopBound(count))];
        int whole = FLOATS.loopBound(count);
        for (int done = 0; done < whole; done += RUN) {
            int length = Math.min(RUN, whole - done);
            encode(from, at + done, length, run);
            MemorySegment.copy(run, 0, into, Layouts.SHORT, (firstElement + done) * Short.BYTES, length);
        }
        ScalarFloat16Codec.INSTANCE.encode(from, at + whole, count - whole, into, firstElement + whole);
    }

    private static void encode(float[] from, int at, int count, short[] into) {
        for (int i = 0; i < count; i += FLOATS.length()) {
            IntVector bits = FloatVector.fromArray(FLOATS, from, at + i).reinterpretAsInts();
            IntVector sign = bits.lanewise(VectorOperators.LSHR, 16).and(0x8000);
            IntVector stored = encodeMagnitude(bits.and(0x7fff_ffff)).or(sign);
            ((ShortVector) stored.convertShape(VectorOperators.I2S, SHORTS, 0)).intoArray(into, i);
        }
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
