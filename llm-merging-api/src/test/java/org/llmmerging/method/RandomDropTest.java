package org.llmmerging.method;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.MergeMethod;
import org.llmmerging.config.ConfigException;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Statistics over seeds 0 to 199 of the methods that drop at random. */
class RandomDropTest {
    private static final int SEEDS = 200;
    private static final int ROWS = 28;
    private static final int COLUMNS = 50;
    private final float[] base = new float[ROWS * COLUMNS];
    private final float[] model = Samples.base(3, ROWS * COLUMNS);

    private float[] merge(MergeMethod method, Values values, long seed) {
        return ArrayInputs.matrix(COLUMNS, base, model).merge(method, values.with("weight", 1).seed(seed));
    }

    private static double l1(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += Math.abs(value);
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.3, 0.53, 0.9})
    void dareKeepsTheDensityAndTheExpectation(double density) {
        DareLinear dare = new DareLinear();
        double[] mean = new double[model.length];
        long kept = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            float[] merged = merge(dare, Values.of(dare).with("density", density), seed);
            assertEquals(l1(model), l1(merged), 1e-5 * l1(model), "the L1 length, seed " + seed);
            for (int i = 0; i < merged.length; i++) {
                kept += merged[i] != 0 ? 1 : 0;
                mean[i] += merged[i] / (double) SEEDS;
            }
        }
        double draws = (double) SEEDS * model.length;
        assertEquals(density, kept / draws, 5 * Math.sqrt(density * (1 - density) / draws), "share kept");
        double slope = Samples.dot(mean, Samples.wide(model)) / Samples.dot(Samples.wide(model), Samples.wide(model));
        assertEquals(1, slope, 0.03, "the mean against the task vector");
    }

    @Test
    void withoutRescalingWhatIsKeptStaysAsItIs() {
        DareLinear dare = new DareLinear();
        float[] merged = merge(dare, Values.of(dare).with("density", 0.3).with("rescale", 0), 5);
        for (int i = 0; i < merged.length; i++) {
            assertTrue(merged[i] == 0 || merged[i] == model[i], "element " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void whatIsNotANumberDoesNotSpread(float special) {
        DareLinear dare = new DareLinear();
        Values values = Values.of(dare).with("density", 0.5);
        model[7] = special;
        for (int seed = 0; seed < 10; seed++) {
            float[] merged = merge(dare, values, seed);
            for (int i = 0; i < merged.length; i++) {
                assertTrue(merged[i] == 0 || Float.compare(merged[i], model[i]) == 0,
                        "element " + i + ", seed " + seed);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.15", "0.6, 0.3", "0.5, 0"})
    void dellaKeepsByRankWithinTheRow(double density, double epsilon) {
        DellaLinear della = new DellaLinear();
        long[] keptOfRank = new long[COLUMNS];
        int[][] order = new int[ROWS][];
        for (int row = 0; row < ROWS; row++) {
            int from = row * COLUMNS;
            order[row] = IntStream.range(0, COLUMNS).boxed()
                    .sorted(Comparator.comparingDouble(i -> Math.abs(model[from + i])))
                    .mapToInt(Integer::intValue).toArray();
        }
        for (int seed = 0; seed < SEEDS; seed++) {
            float[] merged = merge(della, Values.of(della).with("density", density).with("epsilon", epsilon), seed);
            assertEquals(l1(model), l1(merged), 1e-5 * l1(model), "the L1 length, seed " + seed);
            for (int row = 0; row < ROWS; row++) {
                for (int rank = 0; rank < COLUMNS; rank++) {
                    keptOfRank[rank] += merged[row * COLUMNS + order[row][rank]] != 0 ? 1 : 0;
                }
            }
        }
        double draws = (double) SEEDS * ROWS;
        for (int rank = 0; rank < COLUMNS; rank++) {
            double probability = density - epsilon + 2 * epsilon * rank / (COLUMNS - 1);
            double deviation = Math.sqrt(probability * (1 - probability) / draws);
            assertEquals(probability, keptOfRank[rank] / draws, 5 * deviation, "rank " + rank);
        }
    }

    @Test
    void dellaRefusesProbabilitiesOutsideZeroToOne() {
        Della della = new Della();
        Values values = Values.of(della).with("density", 0.9);
        ConfigException refusal = assertThrows(ConfigException.class, () -> merge(della, values, 1));
        assertTrue(refusal.getMessage().contains("0.9 ± epsilon 0.15"), refusal.getMessage());
    }

    @Test
    void seedsAndModelsDrawDifferently() {
        DareLinear dare = new DareLinear();
        Values values = Values.of(dare).with("density", 0.5).with("weight", 1);
        ArrayInputs twice = ArrayInputs.matrix(COLUMNS, base, model, model);
        float[] first = twice.merge(dare, Values.of(dare).with("density", 0.5, 1).with("weight", 1, 0));
        float[] second = twice.merge(dare, Values.of(dare).with("density", 1, 0.5).with("weight", 0, 1));
        assertFalse(Arrays.equals(first, second), "two models at once");
        assertFalse(Arrays.equals(merge(dare, values, 1), merge(dare, values, 2)), "two seeds");
        assertArrayEquals(merge(dare, values, 1), merge(dare, values, 1));
    }

    @Test
    void noiseIsNotRescaledToTheLengthOfWhatWasDropped() {
        Breadcrumbs breadcrumbs = new Breadcrumbs();
        float[] changed = new float[100];
        Arrays.fill(changed, 1e-12f);
        changed[7] = 5;
        Values values = Values.of(breadcrumbs).with("weight", 1).with("density", 0.5).with("gamma", 0.01)
                .with("rescale", 1);
        float[] merged = ArrayInputs.vector(new float[100], changed).merge(breadcrumbs, values);
        assertEquals(50e-12, l1(merged), 1e-15);
    }
}
