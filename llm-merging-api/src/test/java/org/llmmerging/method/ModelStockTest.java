package org.llmmerging.method;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

class ModelStockTest {
    private static final long SEED = 23;
    private static final int COLUMNS = 25;
    private final ModelStock method = new ModelStock();
    private final float[] base = Samples.base(SEED, 20 * COLUMNS);
    private final float[][] models = Samples.fineTunes(base, SEED, 3);

    private static void expect(float[] base, float[][] models, int from, int to, double[] expected) {
        int count = models.length;
        double[][] deltas = new double[count][];
        for (int m = 0; m < count; m++) {
            deltas[m] = Samples.delta(
                    Arrays.copyOfRange(models[m], from, to), Arrays.copyOfRange(base, from, to));
        }
        double cosines = 0;
        int pairs = 0;
        for (int a = 0; a < count; a++) {
            for (int b = a + 1; b < count; b++) {
                double norms = Math.sqrt(Samples.dot(deltas[a], deltas[a]) * Samples.dot(deltas[b], deltas[b]));
                cosines += Samples.dot(deltas[a], deltas[b]) / Math.max(norms, 1e-6);
                pairs++;
            }
        }
        double cosine = cosines / pairs;
        double t = count * cosine / (1 + (count - 1) * cosine);
        for (int i = from; i < to; i++) {
            double mean = 0;
            for (float[] model : models) {
                mean += model[i] / (double) count;
            }
            expected[i] = t * mean + (1 - t) * base[i];
        }
    }

    @Test
    void interpolatesByTheMeanCosineOfAllPairs() {
        double[] expected = new double[base.length];
        expect(base, models, 0, base.length, expected);
        Samples.assertClose(
                expected, ArrayInputs.vector(base, models).merge(method, Values.of(method)), 1e-8, "seed " + SEED);
    }

    @Test
    void filterWiseEachRowHasItsOwnShare() {
        double[] expected = new double[base.length];
        for (int row = 0; row < 20; row++) {
            expect(base, models, row * COLUMNS, (row + 1) * COLUMNS, expected);
        }
        Values values = Values.of(method).with("filter_wise", 1);
        Samples.assertClose(
                expected, ArrayInputs.matrix(COLUMNS, base, models).merge(method, values), 1e-8, "seed " + SEED);
    }

    @Test
    void filterWiseAVectorIsOneRow() {
        ArrayInputs inputs = ArrayInputs.vector(base, models);
        assertArrayEquals(
                inputs.chunksOf(base.length).merge(method, Values.of(method)),
                inputs.merge(method, Values.of(method).with("filter_wise", 1)));
    }

    @Test
    void taskVectorsAtRightAnglesGiveTheBase() {
        float[] zero = new float[2];
        float[] merged = ArrayInputs.vector(zero, new float[] {1, 0}, new float[] {0, 1}).merge(method,
                Values.of(method));
        assertArrayEquals(zero, merged);
    }

    @Test
    void oppositeTaskVectorsGiveTheBase() {
        float[] merged = ArrayInputs.vector(new float[] {5, 5}, new float[] {6, 7}, new float[] {4, 3})
                .merge(method, Values.of(method));
        assertArrayEquals(new float[] {5, 5}, merged);
    }

    @Test
    void equalTaskVectorsGiveTheModel() {
        float[] merged = ArrayInputs.vector(base, models[0], models[0]).merge(method, Values.of(method));
        Samples.assertClose(Samples.wide(models[0]), merged, 1e-8, "seed " + SEED);
    }
}
