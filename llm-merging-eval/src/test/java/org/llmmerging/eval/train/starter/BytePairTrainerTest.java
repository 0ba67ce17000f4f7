package org.llmmerging.eval.train.starter;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class BytePairTrainerTest {
    /** The example of Sennrich et al., without its end-of-word symbol. */
    private static final Map<String, Integer> WORDS = Map.of("low", 5, "lower", 2, "newest", 6, "widest", 3);

    @Test
    void theMostFrequentPairIsMergedFirstAndOfEqualsTheFirstInOrder() {
        assertEquals(List.of("es", "est", "lo", "low", "ew", "ewest", "newest"), merged(7));
    }

    @Test
    void aPairThatOccursOnceIsNotMerged() {
        assertEquals(List.of("ab"), merged(Map.of("abc", 1, "ab", 1), 9));
    }

    @Test
    void aSymbolIsUsedOnceWhereItRepeats() {
        assertEquals(List.of("aa", "aaaa"), merged(Map.of("aaaa", 2), 9));
    }

    private static List<String> merged(int most) {
        return merged(WORDS, most);
    }

    private static List<String> merged(Map<String, Integer> counts, int most) {
        return new BytePairTrainer(counts).merges(most).stream().map(BytePairTrainer.Pair::merged).toList();
    }
}
