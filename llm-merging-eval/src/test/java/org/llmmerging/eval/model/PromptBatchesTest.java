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
    void holdsApartWhatWouldBePaddedMuch() {
        List<PromptBatches.Batch> batches = of(4096, 900, 700, 600, 310, 290, 40, 10);
        assertEquals(1, batches.size());
        assertEquals(
                List.of("[[0], [1]]", "[[2]]", "[[3, 4]]", "[[5, 6]]"),
                batches.getFirst().parts().stream().map(PromptBatchesTest::examples).toList());
    }

    @Test
    void keepsBatchesWithinTheirTokens() {
        int[] lengths = IntStream.range(0, 50).map(i -> 10 + 7 * i % 90).toArray();
        List<PromptBatches.Batch> batches = of(256, lengths);
        assertTrue(batches.size() > 5);
        for (PromptBatches.Batch batch : batches) {
            int held = 0;
            for (PromptBatches.Part part : batch.parts()) {
                held += part.size() * IntStream.of(batchOf(part).examples()).map(i -> lengths[i]).max().orElseThrow();
            }
            assertTrue(held <= 256);
        }
        assertEquals(
                IntStream.range(0, 50).boxed().toList(),
                batches.stream()
                        .flatMapToInt(batch -> Arrays.stream(batch.examples()))
                        .sorted()
                        .boxed()
                        .toList());
    }

    private static PromptBatches.Batch batchOf(PromptBatches.Part part) {
        return new PromptBatches.Batch(List.of(part));
    }

    /** The prompts of each pass. */
    private static String examples(PromptBatches.Part part) {
        return part.passes().stream().map(pass -> Arrays.toString(pass.examples())).toList().toString();
    }

    private static List<PromptBatches.Batch> of(int tokens, int... lengths) {
        return of(new PromptBatches(tokens), lengths);
    }

    /** Prompts that have nothing in common, by their lengths. */
    private static List<PromptBatches.Batch> of(PromptBatches batches, int... lengths) {
        List<int[]> groups = IntStream.range(0, lengths.length)
                .mapToObj(i -> new int[] {i})
                .toList();
        List<int[]> prompts = Arrays.stream(lengths).mapToObj(int[]::new).toList();
        return batches.of(groups, prompts, new int[lengths.length], lengths);
    }
}
