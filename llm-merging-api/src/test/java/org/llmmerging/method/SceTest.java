package org.llmmerging.method;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

class SceTest {
    private static final long SEED = 53;
    private final Sce sce = new Sce();
    private final float[] base = Samples.base(SEED, 1500);
    private final float[][] models = Samples.fineTunes(base, SEED, 3);

    private double[] expected(double share) {
        double[][] deltas = Arrays.stream(models).map(model -> Samples.delta(model, base)).toArray(double[][]::new);
        if (share < 1) {
            select(deltas, share);
        }
        double[] weights = Arrays.stream(deltas).mapToDouble(delta -> Samples.dot(delta, delta)).toArray();
        boolean uniform = Arrays.stream(weights).sum() / base.length < 1e-6;
        double[] merged = new double[base.length];
        for (int i = 0; i < merged.length; i++) {
            double vote = deltas[0][i] + deltas[1][i] + deltas[2][i];
            double sum = 0;
            double divisor = 0;
            for (int m = 0; m < 3; m++) {
                if (Math.signum(deltas[m][i]) == (vote >= 0 ? 1 : -1)) {
                    sum += (uniform ? 1 : weights[m]) * deltas[m][i];
                    divisor += uniform ? 1 : weights[m];
                }
            }
            merged[i] = base[i] + (divisor == 0 ? 0 : sum / divisor);
        }
        return merged;
    }

    private void select(double[][] deltas, double share) {
        double[] variances = new double[base.length];
        for (int i = 0; i < variances.length; i++) {
            double mean = (deltas[0][i] + deltas[1][i] + deltas[2][i]) / 3;
            for (double[] delta : deltas) {
                variances[i] += (delta[i] - mean) * (delta[i] - mean) / 3;
            }
        }
        int count = (int) ((float) Arrays.stream(variances).filter(each -> each > 1e-30).count() * (float) share);
        int[] order = IntStream.range(0, variances.length).boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -variances[i]))
                .mapToInt(Integer::intValue).toArray();
        for (int rank = count; rank < order.length; rank++) {
            for (double[] delta : deltas) {
                delta[order[rank]] = 0;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.3, 0.05})
    void selectsCalculatesAndErases(double share) {
        float[] merged = ArrayInputs.vector(base, models).merge(sce, Values.of(sce).with("select_topk", share));
        Samples.assertClose(expected(share), merged, 1e-8, "seed " + SEED);
    }

    @Test
    void selectingNothingGivesTheBase() {
        float[] merged = ArrayInputs.vector(base, models).merge(sce, Values.of(sce).with("select_topk", 0));
        assertArrayEquals(base, merged);
    }

    @Test
    void nextToNothingIsWeighedEqually() {
        float[] merged = ArrayInputs.vector(new float[2], new float[] {1e-4f, 0}, new float[] {3e-4f, 0})
                .merge(sce, Values.of(sce));
        assertArrayEquals(new float[] {2e-4f, 0}, merged, 1e-10f);
    }

    /** Ten times 0.7 is 7 in float32, and less where the share alone is rounded. */
    @Test
    void theNumberOfElementsIsAProductInFloat32() {
        float[] one = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        float[] merged = ArrayInputs.vector(new float[10], one, new float[10])
                .merge(sce, Values.of(sce).with("select_topk", 0.7));
        assertArrayEquals(new float[] {0, 0, 0, 4, 5, 6, 7, 8, 9, 10}, merged);
    }
}
