package org.llmmerging.method;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

class ArceeFusionTest {
    private static final long SEED = 59;
    private static final int ROWS = 31;
    private static final int COLUMNS = 45;
    private final ArceeFusion method = new ArceeFusion();
    private final float[] base = Samples.base(SEED, ROWS * COLUMNS);
    private final float[] model = Samples.fineTuned(base, SEED);

    private static double[] softmax(float[] values, int from) {
        double[] exponentials = new double[COLUMNS];
        Arrays.setAll(exponentials, i -> Math.exp(values[from + i]));
        double sum = Arrays.stream(exponentials).sum();
        return Arrays.stream(exponentials).map(each -> each / sum + 1e-8).toArray();
    }

    private static double quantile(double[] sorted, double share) {
        return sorted[(int) (share * (sorted.length - 1))];
    }

    @Test
    void takesWhatIsFarAboveTheQuartiles() {
        double[] importance = new double[base.length];
        for (int row = 0; row < ROWS; row++) {
            double[] p = softmax(model, row * COLUMNS);
            double[] q = softmax(base, row * COLUMNS);
            double divergence = 0;
            for (int i = 0; i < COLUMNS; i++) {
                divergence += p[i] * Math.log(p[i] / q[i]);
            }
            for (int i = 0; i < COLUMNS; i++) {
                int at = row * COLUMNS + i;
                importance[at] = Math.abs(model[at] - base[at]) * divergence;
            }
        }
        double[] sorted = importance.clone();
        Arrays.sort(sorted);
        double threshold = quantile(sorted, 0.5) + 1.5 * (quantile(sorted, 0.75) - quantile(sorted, 0.25));
        float[] expected = new float[base.length];
        int taken = 0;
        for (int i = 0; i < base.length; i++) {
            expected[i] = importance[i] >= threshold ? model[i] : base[i];
            taken += importance[i] >= threshold ? 1 : 0;
        }
        assertEquals(0.13, taken / (double) base.length, 0.1, "the test is of no use if all or nothing is taken");
        assertArrayEquals(expected, ArrayInputs.matrix(COLUMNS, base, model).merge(method, Values.of(method)));
    }

    @Test
    void aQuartileIsAnElement() {
        float[] changed = {0.1f, 0.2f, 0.3f, 0.505f};
        float[] merged = ArrayInputs.vector(new float[4], changed).merge(method, Values.of(method));
        assertArrayEquals(new float[] {0, 0, 0, 0.505f}, merged);
    }

    /** All elements of a row moved alike: its softmax is the base's, and no element is less important than another. */
    @Test
    void whatLiesAtTheThresholdIsTaken() {
        float[] moved = {2, 3, 4, 5};
        assertArrayEquals(
                moved, ArrayInputs.vector(new float[] {1, 2, 3, 4}, moved).merge(method, Values.of(method)));
    }
}
