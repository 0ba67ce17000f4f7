package org.llmmerging.method;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The seeds are the lengths. */
class RowRanksTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 48, 49, 500, 5000})
    void ordersARowAndEqualValuesByPosition(int columns) {
        Random random = new Random(columns);
        float[] rows = new float[3 * columns];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = random.nextInt(3) == 0 ? random.nextInt(4) : (float) Math.exp(random.nextGaussian() * 20);
        }
        RowRanks ranks = new RowRanks(columns);
        for (int row = 0; row < rows.length; row += columns) {
            int from = row;
            int[] expected = IntStream.range(0, columns).boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> rows[from + i]))
                    .mapToInt(Integer::intValue).toArray();
            assertArrayEquals(expected, Arrays.copyOf(ranks.ascending(rows, row), columns));
        }
    }
}
