package org.llmmerging.method;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.MergeMethod;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Methods that average directions: {@link Karcher} and {@link MultiSlerp}. */
class SphereTest {
    private static final long SEED = 41;
    private final float[][] models = {
        Samples.base(SEED, 900), Samples.base(SEED + 1, 900), Samples.base(SEED + 2, 900)
    };

    private static double[] unit(double[] vector) {
        double norm = Math.sqrt(Samples.dot(vector, vector));
        return Arrays.stream(vector).map(each -> each / norm).toArray();
    }

    private static double norm(float[] vector) {
        return Math.sqrt(Samples.dot(Samples.wide(vector), Samples.wide(vector)));
    }

    private static void add(double[] to, double factor, double[] vector) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * vector[i];
        }
    }

    private double[] karcher(int steps) {
        double[][] units = Arrays.stream(models).map(Samples::wide).map(SphereTest::unit).toArray(double[][]::new);
        double[] mean = new double[900];
        Arrays.stream(units).forEach(each -> add(mean, 1, each));
        double[] point = unit(mean);
        for (int step = 0; step < steps; step++) {
            double[] tangent = new double[point.length];
            for (double[] each : units) {
                double angle = Math.acos(Samples.dot(each, point));
                add(tangent, angle / Math.sin(angle) / 3, each);
                add(tangent, -angle / Math.sin(angle) / 3 * Math.cos(angle), point);
            }
            double length = Math.sqrt(Samples.dot(tangent, tangent));
            double[] next = new double[point.length];
            add(next, Math.cos(length), point);
            add(next, Math.sin(length) / length, tangent);
            point = unit(next);
        }
        double length = Arrays.stream(models).mapToDouble(SphereTest::norm).sum() / 3;
        return Arrays.stream(point).map(each -> length * each).toArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10})
    void karcherIteratesOnTheSphere(int steps) {
        Karcher method = new Karcher();
        Values values = Values.of(method).with("max_iter", steps).with("tol", 1e-13);
        Samples.assertClose(
                karcher(steps), ArrayInputs.vector(null, models).merge(method, values), 1e-9, "seed " + SEED);
    }

    @Test
    void karcherOfTwoIsTheMiddleOfTheArc() {
        Karcher method = new Karcher();
        float[] merged = ArrayInputs.vector(null, new float[] {2, 0}, new float[] {0, 4})
                .merge(method, Values.of(method));
        assertArrayEquals(new float[] {(float) (3 / Math.sqrt(2)), (float) (3 / Math.sqrt(2))}, merged);
    }

    @Test
    void karcherCountsAZeroVectorInTheLengthOnly() {
        Karcher method = new Karcher();
        float[] merged = ArrayInputs.vector(null, new float[] {2, 0}, new float[2]).merge(method, Values.of(method));
        assertArrayEquals(new float[] {1, 0}, merged);
    }

    @Test
    void multiSlerpIsTheMeanDirectionAtTheMeanLength() {
        MultiSlerp method = new MultiSlerp();
        double[] weights = {0.5, 0.3, 0.2};
        double[] direction = new double[900];
        double length = 0;
        for (int m = 0; m < 3; m++) {
            add(direction, weights[m], unit(Samples.wide(models[m])));
            length += weights[m] * norm(models[m]);
        }
        double[] expected = new double[900];
        add(expected, length, unit(direction));
        for (double scale : new double[] {1, 2.5}) {
            Values values = Values.of(method).with("weight", 0.5 * scale, 0.3 * scale, 0.2 * scale);
            Samples.assertClose(
                    expected, ArrayInputs.vector(null, models).merge(method, values), 1e-8, "seed " + SEED);
        }
    }

    @Test
    void multiSlerpMovesFromTheBaseWhenThereIsOne() {
        MultiSlerp method = new MultiSlerp();
        float[] merged = ArrayInputs.vector(new float[] {1, 1}, new float[] {3, 1}, new float[] {1, 5})
                .merge(method, Values.of(method).with("weight", 1));
        float part = (float) (1 + 3 / Math.sqrt(2));
        assertArrayEquals(new float[] {part, part}, merged);
    }

    @Test
    void directionsThatCancelOutAreAveragedLinearly() {
        MultiSlerp method = new MultiSlerp();
        float[] merged = ArrayInputs.vector(null, new float[] {4, 8}, new float[] {-1, -2})
                .merge(method, Values.of(method).with("weight", 1));
        assertArrayEquals(new float[] {1.5f, 3}, merged);
    }

    @Test
    void theOrderOfModelsDoesNotMatter() {
        for (MergeMethod method : new MergeMethod[] {new Karcher(), new GeometricMedian()}) {
            float[] merged = ArrayInputs.vector(null, models).merge(method, Values.of(method));
            float[] turned = ArrayInputs.vector(null, models[2], models[0], models[1])
                    .merge(method, Values.of(method));
            Samples.assertClose(Samples.wide(merged), turned, 1e-8, method.name() + ", seed " + SEED);
        }
    }

    @Test
    void bothScaleWithTheirInputs() {
        for (MergeMethod method : new MergeMethod[] {new Karcher(), new MultiSlerp()}) {
            Values values = Values.of(method);
            if (method instanceof MultiSlerp) {
                values.with("weight", 0.5);
            }
            float[][] doubled = new float[3][900];
            for (int m = 0; m < 3; m++) {
                for (int i = 0; i < 900; i++) {
                    doubled[m][i] = 2 * models[m][i];
                }
            }
            double once = norm(ArrayInputs.vector(null, models).merge(method, values));
            assertEquals(2 * once, norm(ArrayInputs.vector(null, doubled).merge(method, values)), 1e-6);
        }
    }
}
