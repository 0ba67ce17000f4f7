package org.llmmerging.method;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Seeds are the numbers of columns. */
class RowRanksTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1", "2, 1, 1", "7, 3, 1", "48, 5, 1", "100, 20, 1e-40", "1000, 7, 1", "1000, 100000, 1e30",
        "2048, 1, 0", "2048, 50000, 1e-3", "65537, 5000, 1e-3", "500000, 100000000, 1e-6"
    })
    void countsWhatIsSmallerAndWhatIsEqualAndBefore(int columns, int distinct, float unit) {
        Random random = new Random(columns);
        int from = 5;
        float[] magnitudes = new float[from + columns + 3];
        for (int i = 0; i < magnitudes.length; i++) {
            magnitudes[i] = random.nextInt(distinct) * unit;
        }
        magnitudes[from + columns - 1] *= 1000;
        int[] order = IntStream.range(0, columns)
                .boxed()
                .sorted(Comparator.comparingDouble(column -> magnitudes[from + column]))
                .mapToInt(Integer::intValue)
                .toArray();
        RowRanks ranks = new RowRanks(columns);
        ranks.read(magnitudes, from);
        for (int rank = 0; rank < columns; rank++) {
            assertEquals(rank, ranks.exactly(order[rank]));
        }
        ranks.read(new float[columns], 0);
        assertEquals(columns / 2, ranks.exactly(columns / 2), "of another row");
        ranks.read(magnitudes, from);
        int[] ofColumns = IntStream.range(0, columns).map(ranks::exactly).toArray();
        for (int rank = 0; rank < columns; rank++) {
            assertEquals(rank, ofColumns[order[rank]]);
        }
        comparesWithTheThresholdOfTheRank(ranks, order, from, random);
    }

    /** Such elements are merged where that is allowed; a rank there must be, whichever. */
    @ParameterizedTest
    @ValueSource(ints = {100, 65537})
    void ranksWhatIsNotANumberLowest(int columns) {
        float[] magnitudes = new float[columns];
        Arrays.fill(magnitudes, 1);
        magnitudes[columns - 2] = Float.NaN;
        RowRanks ranks = new RowRanks(columns);
        ranks.read(magnitudes, 0);
        assertEquals(0, ranks.exactly(columns - 2));
        assertEquals(0, ranks.exactly(0));
    }

    private static void comparesWithTheThresholdOfTheRank(RowRanks ranks, int[] order, int from, Random random) {
        int columns = order.length;
        int[] numbers = random.ints(from + columns).toArray();
        int[] thresholds = random.ints(columns, 0, Integer.MAX_VALUE).sorted().toArray();
        long[] below = new long[columns / 64 + 1];
        int[] open = new int[columns];
        int undecided = ranks.belowThresholds(thresholds, numbers, from, below, open);
        Set<Integer> left = Arrays.stream(open, 0, undecided).boxed().collect(Collectors.toSet());
        for (int rank = 0; rank < columns; rank++) {
            int column = order[rank];
            if (!left.contains(column)) {
                assertEquals(numbers[from + column] >>> 1 < thresholds[rank], (below[column / 64] >>> column & 1) != 0);
            }
        }
        assertTrue(columns < 1000 || undecided < columns, "all are left open");
    }
}
