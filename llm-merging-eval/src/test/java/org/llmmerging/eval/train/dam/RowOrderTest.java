package org.llmmerging.eval.train.dam;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

class RowOrderTest {
    private static final int ROWS = 11;
    private static final int EPOCHS = 3;

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 3", "4, 1", "11, 1", "12, 2", "1, 50000", "50000, 50000", "65536, 65536",
        "2147483647, 1", "2147483647, 2147483647", "3, 2147483647"})
    void everyEpochReadsEveryRowOnceHoweverLargeAStepMayBe(int batchSize, int accumulation) {
        RowOrder order = order(batchSize, accumulation);
        long perEpoch = order.steps() / EPOCHS;
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            long first = epoch * perEpoch;
            List<List<List<Integer>>> steps = IntStream.range(0, (int) perEpoch)
                    .mapToObj(step -> order.passes(first + step))
                    .toList();
            assertEquals(
                    IntStream.range(0, ROWS).boxed().toList(),
                    steps.stream().flatMap(List::stream).flatMap(List::stream).sorted().toList());
            for (List<List<Integer>> passes : steps) {
                assertNotEquals(0, passes.size(), "a step without rows");
                passes.forEach(pass -> assertNotEquals(0, pass.size(), "a pass without rows"));
            }
        }
    }

    @Test
    void anEpochHasItsOwnOrder() {
        RowOrder order = order(ROWS, 1);
        assertEquals(EPOCHS, order.steps());
        assertNotEquals(order.passes(0), order.passes(1));
        assertEquals(order.passes(1), order(ROWS, 1).passes(1));
    }

    private static RowOrder order(int batchSize, int accumulation) {
        return new RowOrder(ROWS,
                TrainingSettings.defaults(42)
                        .with(DamParameter.BATCH_SIZE, batchSize)
                        .with(DamParameter.GRADIENT_ACCUMULATION_STEPS, accumulation)
                        .with(DamParameter.EPOCHS, EPOCHS));
    }
}
