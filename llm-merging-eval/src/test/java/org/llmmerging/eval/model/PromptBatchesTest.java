package org.llmmerging.eval.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PromptBatchesTest {

    @Test
    void readsPromptsOfSimilarLengthInOnePass() {
        List<PromptBatches.Batch> batches = of(4096, 300, 290, 100, 95, 96, 200);
        assertEquals(1, batches.size());
        assertEquals(
                List.of("[0, 1]", "[5]", "[2, 4, 3]"),
                batches.getFirst().passes().stream()
                        .map(pass -> Arrays.toString(pass.examples()))
                        .toList());
    }

    @Test
    void readsNoMoreTokensInOnePassThanItGainsFrom() {
        List<PromptBatches.Batch> batches = of(8192, 300, 300, 300, 300, 300, 300, 300);
        assertEquals(
                List.of(3, 3, 1),
                batches.getFirst().passes().stream().map(pass -> pass.examples().length).toList());
    }

    @Test
    void joinsShortPromptsWhateverTheirLengths() {
        List<PromptBatches.Batch> batches = of(4096, 40, 3, 20, 11);
        assertEquals(1, batches.getFirst().passes().size());
    }

    @Test
    void keepsBatchesWithinTheirTokens() {
        int[] lengths = IntStream.range(0, 50).map(i -> 10 + 7 * i % 90).toArray();
        List<PromptBatches.Batch> batches = of(256, lengths);
        assertTrue(batches.size() > 5);
        for (PromptBatches.Batch batch : batches) {
            int widest = Arrays.stream(batch.examples()).map(i -> lengths[i]).max().orElseThrow();
            assertTrue(widest * batch.examples().length <= 256);
        }
        assertEquals(
                IntStream.range(0, 50).boxed().toList(),
                batches.stream()
                        .flatMapToInt(batch -> Arrays.stream(batch.examples()))
                        .sorted()
                        .boxed()
                        .toList());
    }

    /** Prompts that have nothing in common, by their lengths. */
    private static List<PromptBatches.Batch> of(int tokens, int... lengths) {
        List<int[]> groups = IntStream.range(0, lengths.length)
                .mapToObj(i -> new int[] {i})
                .toList();
        List<int[]> prompts = Arrays.stream(lengths).mapToObj(int[]::new).toList();
        return PromptBatches.of(groups, prompts, new int[lengths.length], lengths, tokens);
    }
}
