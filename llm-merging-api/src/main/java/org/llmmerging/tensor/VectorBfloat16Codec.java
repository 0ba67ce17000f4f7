package org.llmmerging.tensor;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** bfloat16 on the Vector API: the bits of {@link ScalarBfloat16Codec}. */
final class VectorBfloat16Codec implements FloatCodec {
    static final FloatCodec INSTANCE = new VectorBfloat16Codec();

    /** Elements that a loop is over: few, so that it is soon called often enough to be compiled. */
    private static final int RUN = 1024;

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorShapes.WIDE);
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, VectorShapes.WIDE);
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, VectorShapes.NARROW);

    private VectorBfloat16Codec() {}

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
            IntVector bits = (IntVector) ShortVector.fromArray(SHORTS, stored, i)
                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
            bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(into, at + i);
        }
        for (int i = whole; i < end; i++) {
            into[at + i] = ScalarBfloat16Codec.decode(stored[i]);
        }
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
        ScalarBfloat16Codec.INSTANCE.encode(from, at + whole, count - whole, into, firstElement + whole);
    }

    private static void encode(float[] from, int at, int count, short[] into) {
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
