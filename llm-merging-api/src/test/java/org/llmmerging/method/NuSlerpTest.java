package org.llmmerging.method;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.config.ConfigException;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
            ArrayInputs inputs = ArrayInputs.matrix(COLUMNS, withBase ? base : null, models);
            for (int chunk : new int[] {7, COLUMNS, 100}) { // shorter than a row, a row, and more
                float[] merged = inputs.chunksOf(chunk).merge(nuslerp, values);
                Samples.assertClose(
                        expected(along, withBase), merged, 1e-8, along + ", base " + withBase + ", chunk " + chunk);
            }
        }
    }

    @Test
    void columnsOfManyDimensionsAreRunsOfTheFirst() {
        Values values = Values.of(nuslerp)
                .with("weight", 0.3, 0.6)
                .with("nuslerp_flatten", 0)
                .with("nuslerp_row_wise", 1);
        for (int chunk : new int[] {7, 1000}) {
            assertArrayEquals(
                    ArrayInputs.matrix(6 * COLUMNS, base, models).chunksOf(chunk).merge(nuslerp, values),
                    new ArrayInputs(Shape.of(5, 6, COLUMNS), base, models, chunk).merge(nuslerp, values));
        }
    }

    @Test
    void whatIsKeptGrowsWithTheRowsOrColumns() {
        Shape experts = Shape.of(8, 200, 300);
        Values byRow = Values.of(nuslerp).with("weight", 1, 1).with("nuslerp_flatten", 0);
        assertEquals(8 * 200 * (3 * 8 + 24), nuslerp.keptBytes(experts, 2, byRow));
        Values byColumn = byRow.with("nuslerp_row_wise", 1);
        assertEquals(200 * 300 * (3 + 3) * 8, nuslerp.keptBytes(experts, 2, byColumn));
        assertEquals(0, nuslerp.keptBytes(Shape.of(300), 2, byColumn));
        assertEquals(0, nuslerp.keptBytes(experts, 2, Values.of(nuslerp).with("weight", 1, 1)));
    }

    @Test
    void moreColumnsThanArraysHoldAreRefused() {
        Values values = Values.of(nuslerp)
                .with("weight", 1, 1)
                .with("nuslerp_flatten", 0)
                .with("nuslerp_row_wise", 1);
        nuslerp.check(Shape.of(2, 1L << 29), 2, values);
        ConfigException refusal = assertThrows(
                ConfigException.class, () -> nuslerp.check(Shape.of(2, 1L << 15, 1L << 15), 2, values));
        assertTrue(refusal.getMessage().contains("at most 715827879"), refusal::getMessage);
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
