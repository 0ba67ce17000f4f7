package org.llmmerging.tensor;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

class FloatCodecTest {
    private static final long SEED = 20261121;
    private static final CodecProvider[] PROVIDERS = {new CodecProvider.Scalars(), new CodecProvider.Vectors()};
    private static final float[] EDGES = {
        0f, -0f, 1f, -1f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, Float.intBitsToFloat(0xffc0_1234),
        65504f, 65519.996f, 65520f, 65536f, -65520f, 0x1p-14f, 0x1.ffcp-15f, 0x1.ffep-15f, 0x1p-24f, 0x1p-25f,
        0x1.000002p-25f, 0x1.8p-24f, 0x1p-26f, 0x1.004p0f, 0x1.00cp0f, 0x1.002p0f, 0x1.006p0f, 0x1.01p0f, 0x1.03p0f,
        0x1.fep127f, 0x1.ffp127f, 0x1.fefffep127f,
    };

    @Test
    void bfloat16IsTheUpperHalfOfAFloat32() {
        for (CodecProvider provider : PROVIDERS) {
            float[] decoded = decodeAll(provider.bfloat16());
            for (int pattern = 0; pattern < decoded.length; pattern++) {
                assertEquals(pattern << 16, Float.floatToRawIntBits(decoded[pattern]));
            }
        }
    }

    @Test
    void float16DecodesAsTheStandardLibraryDoes() {
        for (CodecProvider provider : PROVIDERS) {
            float[] decoded = decodeAll(provider.float16());
            for (int pattern = 0; pattern < decoded.length; pattern++) {
                float expected = Float.float16ToFloat((short) pattern);
                assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(decoded[pattern]));
            }
        }
    }

    @Test
    void everyBfloat16SurvivesARoundTrip() {
        for (CodecProvider provider : PROVIDERS) {
            assertRoundTrip(provider.bfloat16(), 0x7f80, 0x0040);
        }
    }

    @Test
    void everyFloat16SurvivesARoundTrip() {
        for (CodecProvider provider : PROVIDERS) {
            assertRoundTrip(provider.float16(), 0x7c00, 0x0200);
        }
    }

    @Test
    void float16EncodesAsTheStandardLibraryDoes() {
        float[] values = values();
        for (CodecProvider provider : PROVIDERS) {
            short[] encoded = encode(provider.float16(), values);
            for (int i = 0; i < values.length; i++) {
                if (!Float.isNaN(values[i])) {
                    assertEquals(Float.floatToFloat16(values[i]), encoded[i], "seed " + SEED + ", value " + values[i]);
                }
            }
        }
    }

    @Test
    void bfloat16EncodesTheNearestValueAndTheEvenOneOfTwo() {
        float[] values = values();
        for (CodecProvider provider : PROVIDERS) {
            short[] encoded = encode(provider.bfloat16(), values);
            for (int i = 0; i < values.length; i++) {
                if (!Float.isNaN(values[i])) {
                    assertEquals(nearestBfloat16(values[i]), encoded[i], "seed " + SEED + ", value " + values[i]);
                }
            }
        }
    }

    @Test
    void nanStaysAQuietNanOfTheSameSign() {
        int[] patterns = {0x7f80_0001, 0x7fc0_0000, 0x7fff_ffff, 0xff80_0001, 0xffff_ffff, 0x7fa0_0000};
        float[] values = new float[64];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(patterns[i % patterns.length]);
        }
        for (CodecProvider provider : PROVIDERS) {
            short[] brain = encode(provider.bfloat16(), values);
            short[] half = encode(provider.float16(), values);
            for (int i = 0; i < values.length; i++) {
                int sign = patterns[i % patterns.length] >>> 31;
                assertEquals((sign << 15) | 0x7fc0, brain[i] & 0xffc0);
                assertEquals((sign << 15) | 0x7e00, half[i] & 0xfe00);
            }
        }
    }

    @Test
    void scalarAndVectorWriteTheSameBits() {
        float[] values = values();
        CodecProvider scalars = PROVIDERS[0];
        CodecProvider vectors = PROVIDERS[1];
        assertArrayEquals(encode(scalars.bfloat16(), values), encode(vectors.bfloat16(), values));
        assertArrayEquals(encode(scalars.float16(), values), encode(vectors.float16(), values));
        assertArrayEquals(bits(decodeAll(scalars.float16())), bits(decodeAll(vectors.float16())));
        assertArrayEquals(bits(decodeAll(scalars.bfloat16())), bits(decodeAll(vectors.bfloat16())));
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F64", "F32", "F16", "BF16"})
    void readsAndWritesAnyRangeAtAnyAlignment(DType type) {
        FloatCodec codec = FloatCodec.of(type);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 200; round++) {
            int count = random.nextInt(70);
            int first = random.nextInt(5);
            int at = random.nextInt(5);
            float[] from = new float[at + count];
            for (int i = 0; i < from.length; i++) {
                from[i] = random.nextInt(-128, 128);
            }
            byte[] stored = new byte[1 + (first + count + 1) * type.bytes()];
            MemorySegment segment = MemorySegment.ofArray(stored).asSlice(1);
            codec.encode(from, at, count, segment, first);
            float[] into = new float[at + count];
            codec.decode(segment, first, into, at, count);
            for (int i = 0; i < into.length; i++) {
                assertEquals(i < at ? 0 : from[i], into[i], "seed " + SEED);
            }
            assertEquals(0, stored[stored.length - 1], "nothing is written past the end");
        }
    }

    @Test
    void float64IsRoundedToFloat32() {
        MemorySegment stored = MemorySegment.ofArray(new byte[16]);
        stored.set(Layouts.DOUBLE, 0, 0.1);
        stored.set(Layouts.DOUBLE, 8, 1e300);
        float[] decoded = new float[2];
        FloatCodec.of(DType.F64).decode(stored, 0, decoded, 0, 2);
        assertArrayEquals(new float[] {0.1f, Float.POSITIVE_INFINITY}, decoded);
    }

    @Test
    void refusesToGoBeyondEitherEnd() {
        MemorySegment stored = MemorySegment.ofArray(new byte[64]);
        for (DType type : new DType[] {DType.F64, DType.F32, DType.F16, DType.BF16}) {
            FloatCodec codec = FloatCodec.of(type);
            int elements = 64 / type.bytes();
            float[] array = new float[100];
            assertThrows(IndexOutOfBoundsException.class, () -> codec.decode(stored, 1, array, 0, elements));
            assertThrows(IndexOutOfBoundsException.class, () -> codec.encode(array, 0, elements, stored, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> codec.decode(stored, 0, new float[1], 0, 2));
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void existsForExactlyTheMergeableTypes(DType type) {
        if (type.isMergeable()) {
            assertInstanceOf(FloatCodec.class, FloatCodec.of(type));
        } else {
            assertThrows(IllegalArgumentException.class, () -> FloatCodec.of(type));
        }
    }

    private static void assertRoundTrip(FloatCodec codec, int infinity, int quiet) {
        short[] encoded = encode(codec, decodeAll(codec));
        for (int pattern = 0; pattern < encoded.length; pattern++) {
            boolean isNan = (pattern & 0x7fff) > infinity;
            assertEquals((short) (isNan ? pattern | quiet : pattern), encoded[pattern]);
        }
    }

    /** By definition: the closer neighbour, found in float64. */
    private static short nearestBfloat16(float value) {
        int below = Float.floatToRawIntBits(value) >>> 16;
        double low = Float.intBitsToFloat(below << 16);
        if (Float.isInfinite(value) || low == value) {
            return (short) below;
        }
        int above = below + 1;
        double high = Float.intBitsToFloat(above << 16);
        if (Double.isInfinite(high)) {
            high = Math.copySign(0x1p128, value);
        }
        double toLow = Math.abs(value - low);
        double toHigh = Math.abs(high - value);
        boolean up = toHigh < toLow || (toHigh == toLow && (above & 1) == 0);
        return (short) (up ? above : below);
    }

    private static float[] values() {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] values = new float[1 << 18];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (i % 4) {
                case 0 -> EDGES[random.nextInt(EDGES.length)];
                case 1 -> Float.intBitsToFloat(random.nextInt());
                case 2 -> (float) Math.scalb(random.nextDouble(-2, 2), random.nextInt(-30, 18));
                // Half way between two neighbours of either type.
                default -> Float.intBitsToFloat((random.nextInt() & 0xffff_0000)
                        | (random.nextBoolean() ? 0x8000 : (random.nextInt(8) << 13) | 0x1000));
            };
        }
        return values;
    }

    private static float[] decodeAll(FloatCodec codec) {
        MemorySegment stored = MemorySegment.ofArray(new byte[2 << 16]);
        for (int pattern = 0; pattern < 1 << 16; pattern++) {
            stored.set(Layouts.SHORT, 2L * pattern, (short) pattern);
        }
        float[] decoded = new float[1 << 16];
        codec.decode(stored, 0, decoded, 0, decoded.length);
        return decoded;
    }

    private static short[] encode(FloatCodec codec, float[] values) {
        MemorySegment stored = MemorySegment.ofArray(new byte[2 * values.length]);
        codec.encode(values, 0, values.length, stored, 0);
        short[] encoded = new short[values.length];
        MemorySegment.copy(stored, Layouts.SHORT, 0, encoded, 0, encoded.length);
        return encoded;
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}
