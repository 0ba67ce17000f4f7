package org.llmmerging.tensor;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The vector loops give the bits of the scalar ones. Seeds are the lengths. */
class ElementKernelsTest {
    private final ElementKernels scalar = new ScalarElementKernels();
    private final ElementKernels vector = new VectorElementKernels();

    private static float[] random(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextInt(4) == 0 ? random.nextInt(3) - 1 : (float) random.nextGaussian();
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 100, 2049})
    void mixesCounters(int length) {
        int[] expected = new int[length + 5];
        int[] mixed = new int[length + 5];
        scalar.mixCounters(Integer.MAX_VALUE - 20, 7, -8, length, expected, 3, 3 + length);
        vector.mixCounters(Integer.MAX_VALUE - 20, 7, -8, length, mixed, 3, 3 + length);
        assertArrayEquals(expected, mixed);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 100, 2049})
    void takesMagnitudesOfDifferences(int length) {
        Random random = new Random(length);
        float[] a = random(random, length + 3);
        float[] origin = random(random, length + 3);
        float[] expected = new float[length + 1];
        float[] magnitudes = new float[length + 1];
        scalar.magnitudes(a, origin, 3, length, expected);
        vector.magnitudes(a, origin, 3, length, magnitudes);
        assertArrayEquals(expected, magnitudes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 100, 2049})
    void findsTheLargestMagnitude(int length) {
        float[] values = random(new Random(length), length + 3);
        values[1] = Float.NaN;
        values[length + 2] = Float.NaN;
        float expected = 0;
        for (int i = 2; i < length + 2; i++) {
            expected = Math.max(expected, Math.abs(values[i]));
        }
        assertEquals(Float.floatToRawIntBits(expected), vector.largestMagnitudeBits(values, 2, length));
        assertEquals(Float.floatToRawIntBits(expected), scalar.largestMagnitudeBits(values, 2, length));
        for (float special : new float[] {Float.NEGATIVE_INFINITY, Float.NaN}) {
            for (int at = 2; at < length + 2; at++) {
                float before = values[at];
                values[at] = special;
                int bits = Float.floatToRawIntBits(special) & Integer.MAX_VALUE;
                assertEquals(bits, vector.largestMagnitudeBits(values, 2, length), "element " + at);
                assertEquals(bits, scalar.largestMagnitudeBits(values, 2, length), "element " + at);
                values[at] = before;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 100, 2049})
    void comparesWithAnInterval(int length) {
        float[] scores = random(new Random(length), length + 3);
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Math.abs(scores[i]);
        }
        float[][] intervals = {{-1, 0}, {-1, 1}, {0, 0}, {0.5f, 1}, {1, 1}, {0.3f, Float.POSITIVE_INFINITY}};
        for (float[] interval : intervals) {
            int[] expectedCounts = {1, 2, 3};
            int[] counts = {1, 2, 3};
            float[] expected = new float[length];
            float[] between = new float[length];
            int inside = scalar.compareWithInterval(
                    scores, length, interval[0], interval[1], expectedCounts, expected);
            assertEquals(inside, vector.compareWithInterval(
                    scores, length, interval[0], interval[1], counts, between));
            assertArrayEquals(expectedCounts, counts);
            assertArrayEquals(expected, between);
            long outside = Arrays.stream(toDoubles(scores, length)).filter(score -> score < interval[0]).count();
            int equal = counts[1] - 2 + (interval[0] == interval[1] ? 0 : counts[2] - 3);
            assertEquals(length, counts[0] - 1 + equal + inside + outside);
        }
    }

    private static long[] randomMask(Random random, int length) {
        return random.longs(length / 64 + 1).toArray();
    }

    private static boolean isMarked(long[] mask, int index) {
        return (mask[index / 64] >>> index & 1) != 0;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 100, 2049})
    void marksTheMixedCountersBelowAThreshold(int length) {
        int[] mixed = new int[length];
        scalar.mixCounters(Integer.MAX_VALUE - 20, 7, -8, length, mixed, 0, length);
        for (int threshold : new int[] {0, 1 << 29, 3 << 29, Integer.MAX_VALUE}) {
            for (ElementKernels kernels : new ElementKernels[] {scalar, vector}) {
                long[] below = new long[length / 64 + 1];
                kernels.mixedBelow(Integer.MAX_VALUE - 20, 7, -8, length, threshold, length, below);
                for (int i = 0; i < length; i++) {
                    assertEquals(mixed[i] >>> 1 < threshold, isMarked(below, i), "element " + i);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 100, 2049})
    void marksMagnitudesThatAreNotBelowAThreshold(int length) {
        Random random = new Random(length);
        float[] a = random(random, length + 3);
        float[] origin = random(random, length + 3);
        if (length > 50) {
            a[40] = Float.NaN;
        }
        for (float threshold : new float[] {0, 1, Math.nextUp(1f), 2, Float.POSITIVE_INFINITY}) {
            for (ElementKernels kernels : new ElementKernels[] {scalar, vector}) {
                long[] marked = new long[length / 64 + 1];
                kernels.markMagnitudes(a, origin, 3, length, threshold, marked);
                for (int i = 0; i < length; i++) {
                    float magnitude = Math.abs(a[3 + i] - origin[3 + i]);
                    assertEquals(!(magnitude < threshold), isMarked(marked, i), "element " + i);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 100, 2049})
    void comparesNumbersWithBounds(int length) {
        int[] numbers = new Random(length).ints(length + 3L).toArray();
        int[][] bounds = {{0, 0}, {0, Integer.MAX_VALUE}, {1 << 29, 3 << 29}, {1 << 30, 1 << 30}};
        for (int[] bound : bounds) {
            long[] expectedBelow = new long[length / 64 + 1];
            long[] below = new long[length / 64 + 1];
            int[] expected = new int[length];
            int[] between = new int[length];
            int inside = scalar.compareWithBounds(numbers, 3, length, bound[0], bound[1], expectedBelow, expected);
            assertEquals(inside, vector.compareWithBounds(numbers, 3, length, bound[0], bound[1], below, between));
            assertArrayEquals(expectedBelow, below);
            assertArrayEquals(expected, between);
            long above = Arrays.stream(numbers, 3, length + 3).filter(n -> n >>> 1 >= bound[1]).count();
            assertEquals(length, Arrays.stream(below).map(Long::bitCount).sum() + inside + above);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 40, 100})
    void ranks(int length) {
        float[] values = random(new Random(length), length + 3);
        boolean[] taken = new boolean[length];
        for (int at = 0; at < length; at++) {
            int rank = scalar.rank(values, 3, length, at);
            assertEquals(rank, vector.rank(values, 3, length, at), "element " + at);
            taken[rank] = true;
        }
        for (boolean isTaken : taken) {
            assertTrue(isTaken);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 100})
    void countsWhatIsEqual(int length) {
        float[] values = random(new Random(length), length + 3);
        for (float number : new float[] {0, 1, Float.NaN}) {
            int equal = 0;
            for (int i = 3; i < length + 3; i++) {
                equal += values[i] == number ? 1 : 0;
            }
            assertEquals(equal, scalar.countEqual(values, 3, length, number));
            assertEquals(equal, vector.countEqual(values, 3, length, number));
        }
    }

    private static double[] toDoubles(float[] values, int length) {
        double[] doubles = new double[length];
        Arrays.setAll(doubles, i -> values[i]);
        return doubles;
    }
}
