package org.llmmerging.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** bfloat16 on the Vector API: the bits of {@link ScalarBfloat16Codec}. */
final class VectorBfloat16Codec implements FloatCodec {
    static final FloatCodec INSTANCE = new VectorBfloat16Codec();

    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorShapes.WIDE);
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, VectorShapes.WIDE);
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, VectorShapes.NARROW);

    private VectorBfloat16Codec() {
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
            IntVector bits = (IntVector) ShortVector.fromArray(SHORTS, stored, i)
                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
            bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(into, at + i);
        }
        for (int i = whole; i < count; i++) {
            into[at + i] = ScalarBfloat16Codec.decode(stored[i]);
        }
    }

    @Override
    public void encode(float[] from, int at, int count, MemorySegment into, long firstElement) {
        int whole = FLOATS.loopBound(count);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            IntVector bits = FloatVector.fromArray(FLOATS, from, at + i).reinterpretAsInts();
            VectorMask<Integer> isNan = bits.and(0x7fff_ffff).compare(VectorOperators.GT, Float16Bits.FLOAT_INFINITY);
            IntVector rounded = bits.add(0x7fff).add(bits.lanewise(VectorOperators.LSHR, 16).and(1));
            rounded.blend(bits.or(Float16Bits.QUIET_FLOAT), isNan)
                    .lanewise(VectorOperators.LSHR, 16)
                    .convertShape(VectorOperators.I2S, SHORTS, 0)
                    .intoMemorySegment(into, (firstElement + i) * Short.BYTES, ByteOrder.LITTLE_ENDIAN);
        }
        ScalarBfloat16Codec.INSTANCE.encode(from, at + whole, count - whole, into, firstElement + whole);
    }
}
