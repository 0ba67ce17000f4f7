package org.llmmerging.tensor;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Seeds are the lengths. */
class MergeKernelsTest {
    private final MergeKernels scalar = new ScalarMergeKernels();
    private final MergeKernels vector = new VectorMergeKernels();

    /** A fourth of them −1, 0 or 1, so that some are equal. */
    private static float[] random(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextInt(4) == 0 ? random.nextInt(3) - 1 : (float) random.nextGaussian();
        }
        return values;
    }

    private static long[] randomMask(Random random, int length) {
        return random.longs(length / 64 + 1).toArray();
    }

    private static boolean isMarked(long[] mask, int index) {
        return (mask[index / 64] >>> index & 1) != 0;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 100, 2049})
    void addsWhatIsKept(int length) {
        Random random = new Random(length);
        float[] base = random(random, length + 3);
        float[][] values = {random(random, length + 3), random(random, length + 3)};
        long[][] kept = {randomMask(random, length), randomMask(random, length)};
        double[] coefficients = {0.3, -1.7};
        for (MergeKernels kernels : new MergeKernels[] {scalar, vector}) {
            float[] output = new float[length + 3];
            kernels.addKept(base, values, kept, coefficients, 3, length, output);
            for (int i = 0; i < length; i++) {
                double sum = base[3 + i];
                for (int m = 0; m < 2; m++) {
                    double difference = (double) values[m][3 + i] - base[3 + i];
                    sum += isMarked(kept[m], i) ? coefficients[m] * difference : 0;
                }
                assertEquals((float) sum, output[3 + i], "element " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 100, 2049})
    void mergesWhatAgrees(int length) {
        Random random = new Random(length);
        float[] base = random(random, length + 3);
        float[][] values = {random(random, length + 3), random(random, length + 3), random(random, length + 3)};
        long[][] kept = {randomMask(random, length), randomMask(random, length), randomMask(random, length)};
        if (length > 50) {
            values[1][40] = Float.NaN;
            values[2][50] = Float.POSITIVE_INFINITY;
            values[1][60] = Float.NEGATIVE_INFINITY;
        }
        float[] factors = {0.3f, -0.8f, 1.7f};
        for (float[] weights : new float[][] {{0, 0, 0}, {0.25f, 1, 2}, {1, -1, 1}}) {
            float[] expected = new float[length + 3];
            float[] merged = new float[length + 3];
            scalar.mergeElected(base, values, kept, factors, weights, 0.7f, 3, length, expected);
            vector.mergeElected(base, values, kept, factors, weights, 0.7f, 3, length, merged);
            assertArrayEquals(expected, merged);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 100, 2049})
    void takesVariances(int length) {
        Random random = new Random(length);
        float[] base = random(random, length + 3);
        float[][] values = {random(random, length + 3), random(random, length + 3), random(random, length + 3)};
        for (MergeKernels kernels : new MergeKernels[] {scalar, vector}) {
            float[] variances = new float[length];
            kernels.variances(base, values, 3, length, variances);
            for (int i = 0; i < length; i++) {
                double mean = 0;
                double squares = 0;
                for (float[] ofModel : values) {
                    double difference = (double) ofModel[3 + i] - base[3 + i];
                    mean += difference / 3;
                    squares += difference * difference / 3;
                }
                assertEquals(squares - mean * mean, variances[i], 1e-6, "element " + i);
            }
        }
        assertSame(length, (kernels, merged) -> kernels.variances(base, values, 3, length, merged));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 100, 2049})
    void mergesWhatWasVotedFor(int length) {
        Random random = new Random(length);
        float[] base = random(random, length + 3);
        float[][] values = {random(random, length + 3), random(random, length + 3), random(random, length + 3)};
        long[] kept = randomMask(random, length);
        double[] weights = {0.2, 0.5, 0};
        float[] output = new float[length + 3];
        scalar.mergeVoted(base, values, kept, weights, 1e-6, 3, length, output);
        for (int i = 3; i < length + 3; i++) {
            double votes = 0;
            for (float[] ofModel : values) {
                votes += (double) ofModel[i] - base[i];
            }
            double sum = 0;
            double divisor = 0;
            for (int m = 0; m < 3; m++) {
                double difference = (double) values[m][i] - base[i];
                if (votes >= 0 ? difference > 0 : difference < 0) {
                    sum += weights[m] * difference;
                    divisor += weights[m];
                }
            }
            double merged = isMarked(kept, i - 3) && divisor > 0 ? base[i] + sum / divisor : base[i];
            assertEquals(merged, output[i], 1e-6, "element " + i);
        }
        if (length > 50) {
            values[1][40] = Float.NaN;
            values[2][50] = Float.POSITIVE_INFINITY;
            values[1][60] = Float.NEGATIVE_INFINITY;
        }
        assertSame(length + 3,
                (kernels, merged) -> kernels.mergeVoted(base, values, kept, weights, 1e-6, 3, length, merged));
    }

    @FunctionalInterface
    private interface Merge {
        void into(MergeKernels kernels, float[] merged);
    }

    private void assertSame(int length, Merge merge) {
        float[] expected = new float[length];
        float[] merged = new float[length];
        merge.into(scalar, expected);
        merge.into(vector, merged);
        assertArrayEquals(expected, merged);
    }
}
