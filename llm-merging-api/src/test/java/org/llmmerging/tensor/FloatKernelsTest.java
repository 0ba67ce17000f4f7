package org.llmmerging.tensor;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Seeds are the lengths. */
class FloatKernelsTest {
    private final FloatKernels scalar = new ScalarFloatKernels();

    private static float[] random(int seed, int length) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.exp(random.nextInt(8)));
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 31, 100, 2048, 5001})
    void vectorAndScalarGiveTheSameBits(int length) {
        Assumptions.assumeTrue(VectorFloatKernels.isFast(), "this machine has no 256-bit vectors");
        FloatKernels vector = new VectorFloatKernels();
        float[] a = random(length, length + 3);
        float[] b = random(length + 1, length + 3);
        float[] c = random(length + 2, length + 3);
        float[] d = random(length + 3, length + 3);
        for (float[][] vectors : new float[][][] {{a}, {a, b}, {a, b, d}, {a, b, d, c}}) {
            for (float[] origin : new float[][] {null, c}) {
                assertArrayEquals(
                        innerProducts(scalar, length, origin, vectors), innerProducts(vector, length, origin, vectors));
            }
        }
        long[] kept = new Random(length).longs(length / 64 + 1).toArray();
        assertArrayEquals(magnitudes(scalar, a, b, kept, length), magnitudes(vector, a, b, kept, length));
        assertEquals(scalar.sumOfSquares(a, b, kept, 3, length), vector.sumOfSquares(a, b, kept, 3, length));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16, 100, 5001})
    void sumsAreThoseOfExactArithmetic(int length) {
        float[] a = random(length, length + 3);
        float[] b = random(length + 1, length + 3);
        float[] c = random(length + 2, length + 3);
        long[] kept = new Random(length).longs(length / 64 + 1).toArray();
        BigDecimal dot = BigDecimal.ZERO;
        BigDecimal differences = BigDecimal.ZERO;
        BigDecimal all = BigDecimal.ZERO;
        BigDecimal magnitudes = BigDecimal.ZERO;
        BigDecimal squares = BigDecimal.ZERO;
        for (int i = 3; i < length + 3; i++) {
            dot = dot.add(product(a[i], b[i]));
            differences = differences.add(product(a[i] - c[i], b[i] - c[i]));
            all = all.add(new BigDecimal(Math.abs(a[i] - b[i])));
            if ((kept[(i - 3) / 64] >>> i - 3 & 1) != 0) {
                magnitudes = magnitudes.add(new BigDecimal(Math.abs(a[i] - b[i])));
                squares = squares.add(product(a[i] - b[i], a[i] - b[i]));
            }
        }
        FloatKernels kernels = FloatKernels.instance();
        assertClose(dot, innerProducts(kernels, length, null, a, b)[1]);
        assertClose(differences, innerProducts(kernels, length, c, a, b)[1]);
        double[] sums = magnitudes(kernels, a, b, kept, length);
        assertClose(all, sums[0]);
        assertClose(magnitudes, sums[1]);
        assertClose(squares, kernels.sumOfSquares(a, b, kept, 3, length));
    }

    @Test
    void innerProductsArePackedRowByRowAndAdded() {
        double[] packed = {1, 2, 3, 4, 5, 6};
        FloatKernels.instance()
                .addInnerProducts(new float[][] {{1}, {10}, {100}}, new float[] {0}, 0, 1, packed);
        assertArrayEquals(new double[] {2, 12, 103, 104, 1005, 10006}, packed);
    }

    private static double[] innerProducts(
            FloatKernels kernels, int length, float @Nullable [] origin, float[]... vectors) {
        double[] packed = new double[vectors.length * (vectors.length + 1) / 2];
        kernels.addInnerProducts(vectors, origin, 3, length, packed);
        return packed;
    }

    private static double[] magnitudes(FloatKernels kernels, float[] a, float[] b, long[] kept, int length) {
        double[] sums = new double[2];
        kernels.addMagnitudes(a, b, kept, 3, length, sums, 0);
        return sums;
    }

    @ParameterizedTest
    @ValueSource(ints = {1 << 20})
    void aMillionSmallTermsAreNotLostBesideALargeOne(int length) {
        float[] ones = new float[length];
        Arrays.fill(ones, 1f);
        float[] values = ones.clone();
        values[0] = 1e9f;
        double[] packed = new double[3];
        scalar.addInnerProducts(new float[][] {values, ones}, null, 0, length, packed);
        assertTrue(Math.abs(packed[1] - (1e9 + length - 1)) < 1e-3);
    }

    private static void assertClose(BigDecimal expected, double actual) {
        double value = expected.doubleValue();
        assertEquals(value, actual, 1e-14 * Math.abs(value) + 1e-9);
    }

    private static BigDecimal product(float a, float b) {
        return new BigDecimal(a).multiply(new BigDecimal(b));
    }
}
