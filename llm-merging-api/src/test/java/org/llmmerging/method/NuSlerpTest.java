package org.llmmerging.method;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

class NuSlerpTest {
    private static final long SEED = 17;
    private static final int ROWS = 30;
    private static final int COLUMNS = 41;
    private final NuSlerp nuslerp = new NuSlerp();
    private final float[] base = Samples.base(SEED, ROWS * COLUMNS);
    private final float[][] models = Samples.fineTunes(base, SEED, 2);

    private static void slerp(double[] a, double[] b, double t, int from, int count, int step, double[] into) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int k = 0; k < count; k++) {
            int i = from + k * step;
            ab += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        double angle = Math.acos(ab / Math.max(Math.sqrt(aa), 1e-7) / Math.max(Math.sqrt(bb), 1e-7));
        for (int k = 0; k < count; k++) {
            int i = from + k * step;
            into[i] += (Math.sin((1 - t) * angle) * a[i] + Math.sin(t * angle) * b[i]) / Math.sin(angle);
        }
    }

    private double[] expected(String along, boolean withBase) {
        double[] a = withBase ? Samples.delta(models[0], base) : Samples.wide(models[0]);
        double[] b = withBase ? Samples.delta(models[1], base) : Samples.wide(models[1]);
        double[] expected = withBase ? Samples.wide(base) : new double[a.length];
        double t = 0.6 / 0.9;
        switch (along) {
            case "tensor" -> slerp(a, b, t, 0, a.length, 1, expected);
            case "rows" -> {
                for (int row = 0; row < ROWS; row++) {
                    slerp(a, b, t, row * COLUMNS, COLUMNS, 1, expected);
                }
            }
            default -> {
                for (int column = 0; column < COLUMNS; column++) {
                    slerp(a, b, t, column, ROWS, COLUMNS, expected);
                }
            }
        }
        return expected;
    }

    @ParameterizedTest
    @ValueSource(strings = {"tensor", "rows", "columns"})
    void takesTheAngleOverTensorRowsOrColumns(String along) {
        for (boolean withBase : new boolean[] {false, true}) {
            Values values = Values.of(nuslerp)
                    .with("weight", 0.3, 0.6)
                    .with("nuslerp_flatten", along.equals("tensor") ? 1 : 0)
                    .with("nuslerp_row_wise", along.equals("columns") ? 1 : 0);
            float[] merged = ArrayInputs.matrix(COLUMNS, withBase ? base : null, models).merge(nuslerp, values);
            Samples.assertClose(expected(along, withBase), merged, 1e-8, along + ", base " + withBase);
        }
    }

    @Test
    void weightsOfZeroSumGiveTheMiddle() {
        ArrayInputs inputs = ArrayInputs.vector(null, models);
        assertArrayEquals(
                inputs.merge(nuslerp, Values.of(nuslerp).with("weight", 1, 1)),
                inputs.merge(nuslerp, Values.of(nuslerp).with("weight", 1, -1)));
    }

    @Test
    void oppositeVectorsAreInterpolatedLinearly() {
        float[] merged = ArrayInputs.vector(null, new float[] {1, -2, 3}, new float[] {-1, 2, -3})
                .merge(nuslerp, Values.of(nuslerp).with("weight", 3, 1));
        assertArrayEquals(new float[] {0.5f, -1, 1.5f}, merged);
    }

    @Test
    void theEndsAreExact() {
        ArrayInputs inputs = ArrayInputs.matrix(COLUMNS, null, models);
        assertArrayEquals(models[0], inputs.merge(nuslerp, Values.of(nuslerp).with("weight", 1, 0)));
        assertArrayEquals(models[1], inputs.merge(nuslerp, Values.of(nuslerp).with("weight", 0, 1)));
    }
}
