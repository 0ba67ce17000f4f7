package org.llmmerging.method;

import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Seeded weights like those of fine-tunes, and comparison with float64 references. */
final class Samples {
    private Samples() {}

    static float[] base(long seed, int size) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (0.02 * random.nextGaussian());
        }
        return values;
    }

    /** The base with a third of its elements changed, by differences of heavy tails. */
    static float[] fineTuned(float[] base, long seed) {
        Random random = new Random(seed);
        float[] values = base.clone();
        for (int i = 0; i < values.length; i++) {
            double tail = random.nextGaussian();
            if (random.nextInt(3) != 0) {
                values[i] += (float) (0.003 * tail * tail * tail);
            }
        }
        return values;
    }

    static float[][] fineTunes(float[] base, long seed, int count) {
        float[][] models = new float[count][];
        for (int m = 0; m < count; m++) {
            models[m] = fineTuned(base, seed + 31L * (m + 1));
        }
        return models;
    }

    /** Task vectors as float32 has them, widened. */
    static double[] delta(float[] model, float[] base) {
        double[] delta = new double[model.length];
        for (int i = 0; i < delta.length; i++) {
            delta[i] = model[i] - base[i];
        }
        return delta;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    static double[] wide(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    /**
     * @param tolerance what is allowed beside the rounding to float32
     * @param message names the seed
     */
    static void assertClose(double[] expected, float[] actual, double tolerance, String message) {
        assertEquals(expected.length, actual.length, message);
        for (int i = 0; i < expected.length; i++) {
            double rounding = Math.ulp((float) expected[i]);
            assertEquals(expected[i], actual[i], tolerance + rounding, message + ", element " + i);
        }
    }
}
