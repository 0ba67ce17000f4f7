package org.llmmerging.method;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.llmmerging.config.ConfigException;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class GeometricMedianTest {
    private static final long SEED = 47;
    private final GeometricMedian method = new GeometricMedian();
    private final float[] base = Samples.base(SEED, 500);
    private final float[][] models = Samples.fineTunes(base, SEED, 5);

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    private double cost(float[] point, double[] weights) {
        double sum = 0;
        for (int m = 0; m < models.length; m++) {
            sum += weights[m] * distance(point, models[m]);
        }
        return sum;
    }

    @Test
    void noPointNearbyIsCloserToAllModels() {
        double[] weights = {1, 2, 1, 0.5, 1};
        float[] median = ArrayInputs.vector(base, models).merge(method, Values.of(method).with("weight", weights));
        double least = cost(median, weights);
        for (int m = 0; m < models.length; m++) {
            for (float step : new float[] {0.02f, -0.02f}) {
                float[] moved = median.clone();
                for (int i = 0; i < moved.length; i++) {
                    moved[i] += step * (models[m][i] - median[i]);
                }
                assertTrue(cost(moved, weights) > least, "towards model " + m + ", seed " + SEED);
            }
        }
    }

    @Test
    void isTheMedianOfNumbers() {
        float[] merged = ArrayInputs.vector(null, new float[] {1}, new float[] {2}, new float[] {100})
                .merge(method, Values.of(method));
        assertArrayEquals(new float[] {2}, merged, 1e-4f);
    }

    /** The iteration would still be far from it after its hundred rounds. */
    @Test
    void isTheModelThatOutweighsTheOthersExactly() {
        float[] merged = ArrayInputs.vector(null, models[0], models[1])
                .merge(method, Values.of(method).with("weight", 0.39, 0.395));
        assertArrayEquals(models[1], merged, "seed " + SEED);
    }

    @Test
    void liesHalfWayBetweenTwoModelsOfOneWeight() {
        float[] merged = ArrayInputs.vector(null, new float[] {1, 0}, new float[] {0, 3})
                .merge(method, Values.of(method));
        assertArrayEquals(new float[] {0.5f, 1.5f}, merged);
    }

    @Test
    void isTheFermatPointOfATriangle() {
        // All angles below 120 degrees: sides are seen under 120 degrees from the point.
        float height = (float) Math.sqrt(3);
        float[] merged = ArrayInputs.vector(null, new float[] {-1, 0}, new float[] {1, 0}, new float[] {0, height})
                .merge(method, Values.of(method));
        assertArrayEquals(new float[] {0, height / 3}, merged, 1e-6f);
    }

    @Test
    void anOutlierHardlyMovesIt() {
        float[] far = models[0].clone();
        for (int i = 0; i < far.length; i++) {
            far[i] += 1000;
        }
        float[] alone = ArrayInputs.vector(null, models).merge(method, Values.of(method));
        float[] merged = ArrayInputs.vector(null, models[0], models[1], models[2], models[3], models[4], far)
                .merge(method, Values.of(method));
        assertTrue(distance(alone, merged) < distance(models[0], models[1]), "seed " + SEED);
    }

    @Test
    void theBaseDoesNotMoveIt() {
        float[] with = ArrayInputs.vector(base, models).merge(method, Values.of(method));
        float[] without = ArrayInputs.vector(null, models).merge(method, Values.of(method));
        Samples.assertClose(Samples.wide(without), with, 1e-6, "seed " + SEED);
    }

    /** Distances taken from inner products of the models themselves would be rounding here. */
    @Test
    void isExactWhereTheModelsDifferByLittle() {
        float[] same = new float[10_000];
        Arrays.fill(same, 1);
        float[][] corners = {{-1, 0, 3, 0}, {1, 0, 3, 0}, {0, 2, 3, 0}, {0, 1, 2, 1}};
        float[][] near = new float[corners.length][];
        for (int m = 0; m < corners.length; m++) {
            near[m] = same.clone();
            for (int i = 0; i < corners[m].length; i++) {
                near[m][i] += corners[m][i] * 16 * Math.ulp(1f);
            }
        }
        float[] expected = ArrayInputs.vector(same, near).merge(method, Values.of(method));
        assertArrayEquals(expected, ArrayInputs.vector(null, near).merge(method, Values.of(method)));
    }

    @Test
    void equalModelsComeOutBitForBit() {
        assertArrayEquals(
                models[0], ArrayInputs.vector(null, models[0], models[0], models[0]).merge(method, Values.of(method)));
    }

    @Test
    void weightsOfZeroAreRefused() {
        Values values = Values.of(method).with("weight", 0);
        assertThrows(
                ConfigException.class, () -> method.check(Shape.of(4), models.length, values),
                "before any weight is read");
    }
}
