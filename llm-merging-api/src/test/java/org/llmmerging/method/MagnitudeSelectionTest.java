package org.llmmerging.method;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.Block;

import static org.junit.jupiter.api.Assertions.assertEquals;

class MagnitudeSelectionTest {

    /** Few distinct values, so that most cuts go through equal ones, or many. */
    private static float[] values(long seed, int size, int distinct) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            float magnitude = (float) Math.exp((random.nextInt(distinct) - distinct / 2.0) * 80 / distinct);
            values[i] = random.nextInt(5) == 0 ? 0 : random.nextBoolean() ? magnitude : -magnitude;
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 1000, 100_000})
    void holdsExactlyTheLargestAndOfEqualOnesTheFirst(int distinct) {
        int size = 3000;
        float[][] models = {values(distinct, size, distinct), values(distinct + 1, size, distinct)};
        ArrayInputs inputs = ArrayInputs.vector(new float[size], models).chunksOf(256);
        for (int count : new int[] {-1, 0, 1, 2, 17, 1500, 2399, 2999, 3000, 4000}) {
            MagnitudeCut[] cuts = new MagnitudeSelection(inputs, ElementScores.MAGNITUDES)
                    .select(List.of(
                            new MagnitudeSelection.Query(1, count),
                            new MagnitudeSelection.Query(0, count),
                            new MagnitudeSelection.Query(0, count / 2)));
            check(models[1], count, cuts[0]);
            check(models[0], count, cuts[1]);
            check(models[0], count / 2, cuts[2]);
        }
    }

    /** So many chunks that a sample of them is looked at first; shares of the elements at both ends and between. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 1000, 100_000})
    void holdsTheSameWhenASampleIsTakenFirst(int distinct) {
        int size = 40_001;
        float[][] models = {values(distinct, size, distinct), values(distinct + 1, size, distinct)};
        ArrayInputs inputs = ArrayInputs.vector(new float[size], models).chunksOf(100);
        for (int count : new int[] {1, 2, 400, 8_000, 20_000, 31_999, 39_999, 40_000, 40_001}) {
            MagnitudeCut[] cuts = new MagnitudeSelection(inputs, ElementScores.MAGNITUDES)
                    .select(List.of(
                            new MagnitudeSelection.Query(1, count),
                            new MagnitudeSelection.Query(0, count / 2),
                            new MagnitudeSelection.Query(0, count)));
            check(models[1], count, cuts[0]);
            check(models[0], count / 2, cuts[1]);
            check(models[0], count, cuts[2]);
        }
    }

    /** The chunks that the sample sees are unlike all others. */
    @ParameterizedTest
    @ValueSource(floats = {0, 1e-30f, 1e30f})
    void isNotMisledByASampleThatIsUnlikeTheRest(float seen) {
        int size = 20_000;
        float[] model = values(3, size, 500);
        for (int chunk = 0; chunk < size / 100; chunk += 64) {
            Arrays.fill(model, chunk * 100, chunk * 100 + 100, seen);
        }
        ArrayInputs inputs = ArrayInputs.vector(new float[size], model).chunksOf(100);
        for (int count : new int[] {1, 300, 10_000, 15_000}) {
            check(model, count, new MagnitudeSelection(inputs, ElementScores.MAGNITUDES)
                    .select(List.of(new MagnitudeSelection.Query(0, count)))[0]);
        }
    }

    private static void check(float[] values, int count, MagnitudeCut cut) {
        Integer[] order = IntStream.range(0, values.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -Math.abs(values[i])));
        boolean[] expected = new boolean[values.length];
        for (int rank = 0; rank < Math.clamp(count, 0, values.length); rank++) {
            expected[order[rank]] = true;
        }
        float[] magnitudes = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            magnitudes[i] = Math.abs(values[i]);
        }
        long[] marked = new long[Tiles.maskWords(values.length)];
        cut.markScores(magnitudes, new float[values.length], 0, values.length, marked);
        for (int i = 0; i < values.length; i++) {
            if (magnitudes[i] != 0) {
                assertEquals(expected[i], isMarked(marked, i), "element " + i + " of the first " + count);
            }
        }
        marksTheSameInABlock(values, marked, cut);
    }

    private static void marksTheSameInABlock(float[] values, long[] marked, MagnitudeCut cut) {
        int offset = Math.min(7, values.length);
        float[] part = Arrays.copyOfRange(values, offset, values.length);
        Block block = new Block(new float[part.length], new float[][] {part}, new float[part.length])
                .at(offset, part.length);
        for (int from : new int[] {0, 1, 100}) {
            int length = Math.max(0, part.length - from);
            long[] inside = new long[length / 64 + 1];
            cut.markMagnitudes(block, 0, from, length, inside);
            for (int i = 0; i < length; i++) {
                boolean expected = isMarked(marked, offset + from + i);
                assertEquals(expected, isMarked(inside, i), "element " + i + " from " + (offset + from));
            }
        }
    }

    private static boolean isMarked(long[] mask, int index) {
        return (mask[index / 64] >>> index & 1) != 0;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 100_000})
    void findsOrderStatistics(int distinct) {
        float[] model = values(distinct, 999, distinct);
        ArrayInputs inputs = ArrayInputs.vector(new float[999], model);
        float[] sorted = model.clone();
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = Math.abs(sorted[i]);
        }
        Arrays.sort(sorted);
        float[] found = new MagnitudeSelection(inputs, ElementScores.MAGNITUDES).values(0, 0, 1, 500, 997, 998);
        int[] ranks = {0, 1, 500, 997, 998};
        for (int i = 0; i < ranks.length; i++) {
            assertEquals(sorted[ranks[i]], found[i]);
        }
    }
}
