package org.llmmerging.method;

import org.junit.jupiter.api.Test;
import org.llmmerging.config.ConfigException;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LinearTest {
    private static final long SEED = 5;
    private final Linear linear = new Linear();
    private final float[] base = Samples.base(SEED, 3000);
    private final float[][] models = Samples.fineTunes(base, SEED, 4);

    private float[] merge(double[] weights, float[]... inputs) {
        return ArrayInputs.vector(null, inputs).merge(linear, Values.of(linear).with("weight", weights));
    }

    @Test
    void isTheWeightedMean() {
        double[] weights = {0.5, 0.3, -0.1, 0.7};
        double[] expected = new double[base.length];
        for (int m = 0; m < 4; m++) {
            for (int i = 0; i < expected.length; i++) {
                expected[i] += weights[m] / 1.4 * models[m][i];
            }
        }
        Samples.assertClose(expected, merge(weights, models), 1e-8, "seed " + SEED);
    }

    @Test
    void isTheWeightedSumWhenNotNormalized() {
        Values values = Values.of(linear).with("weight", 0.5, 0.25).with("normalize", 0);
        float[] merged = ArrayInputs.vector(null, new float[] {1, 2}, new float[] {4, -8}).merge(linear, values);
        assertArrayEquals(new float[] {1.5f, -1}, merged);
    }

    @Test
    void equalModelsComeOutBitForBit() {
        assertArrayEquals(base, merge(new double[] {0.1, 0.7, 0.9}, base, base, base));
    }

    @Test
    void aModelOfWeightZeroCountsForNothing() {
        float[] infinite = base.clone();
        infinite[7] = Float.POSITIVE_INFINITY;
        assertArrayEquals(
                merge(new double[] {0.4, 0.7}, models[0], models[1]),
                merge(new double[] {0.4, 0, 0.7}, models[0], infinite, models[1]));
    }

    @Test
    void theOrderOfTwoModelsChangesNoBit() {
        assertArrayEquals(
                merge(new double[] {0.4, 0.7}, models[0], models[1]),
                merge(new double[] {0.7, 0.4}, models[1], models[0]));
    }

    @Test
    void refusesToNormalizeWeightsOfZeroSum() {
        ConfigException refusal = assertThrows(ConfigException.class,
                () -> merge(new double[] {0.1, 0.2, -0.3}, models[0], base, base));
        assertTrue(refusal.getMessage().contains("normalize: false"), refusal.getMessage());
    }
}
