package org.llmmerging.method;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

class SlerpTest {
    private static final long SEED = 11;
    private final Slerp slerp = new Slerp();
    private final float[] base = Samples.base(SEED, 3000);
    private final float[] model = Samples.base(SEED + 1, 3000);

    private float[] merge(float[] from, float[] to, double t) {
        return ArrayInputs.vector(from, to).merge(slerp, Values.of(slerp).with("t", t));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.5, 0, 0.3, 0.5, 1, 1.7})
    void weighsByTheSinesOfTheParts(double t) {
        double[] a = Samples.wide(base);
        double[] b = Samples.wide(model);
        double angle = Math.acos(Samples.dot(a, b) / Math.sqrt(Samples.dot(a, a)) / Math.sqrt(Samples.dot(b, b)));
        double[] expected = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            expected[i] = (Math.sin((1 - t) * angle) * a[i] + Math.sin(t * angle) * b[i]) / Math.sin(angle);
        }
        Samples.assertClose(expected, merge(base, model, t), 1e-8, "seed " + SEED);
    }

    @Test
    void staysOnTheSphereOfTwoEquallyLongVectors() {
        float[] merged = merge(new float[] {3, 0, 0}, new float[] {0, 3, 0}, 0.25);
        assertEquals(9, Samples.dot(Samples.wide(merged), Samples.wide(merged)), 1e-6);
    }

    @Test
    void nearlyParallelVectorsAreInterpolatedLinearly() {
        float[] near = Samples.fineTuned(base, SEED);
        for (int i = 0; i < near.length; i++) {
            near[i] = base[i] + (near[i] - base[i]) * 0.01f;
        }
        double[] expected = new double[base.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = 0.6 * base[i] + 0.4 * near[i];
        }
        Samples.assertClose(expected, merge(base, near, 0.4), 1e-9, "seed " + SEED);
    }

    @Test
    void oppositeVectorsAreInterpolatedLinearly() {
        assertArrayEquals(new float[] {0.5f, -1}, merge(new float[] {1, -2}, new float[] {-1, 2}, 0.25));
    }

    @Test
    void theEndsAreExact() {
        assertArrayEquals(base, merge(base, model, 0));
        assertArrayEquals(model, merge(base, model, 1));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 1.0 / 3, 0.9})
    void aModelWithItselfIsItself(double t) {
        assertArrayEquals(base, merge(base, base, t));
    }

    @Test
    void aZeroVectorIsAtARightAngle() {
        float[] merged = merge(new float[] {0, 0}, new float[] {2, 4}, 0.5);
        double weight = Math.sin(Math.PI / 4);
        assertArrayEquals(new float[] {(float) (2 * weight), (float) (4 * weight)}, merged);
    }

    @ParameterizedTest
    @ValueSource(floats = {2, 0x1p-20f})
    void scalesWithItsInputs(float factor) {
        float[] merged = merge(base, model, 0.3);
        assertArrayEquals(times(merged, factor), merge(times(base, factor), times(model, factor), 0.3));
    }

    private static float[] times(float[] values, float factor) {
        float[] scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }
}
