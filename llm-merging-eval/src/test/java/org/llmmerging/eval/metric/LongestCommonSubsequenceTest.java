package org.llmmerging.eval.metric;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class LongestCommonSubsequenceTest {

    @Test
    void findsWordsInOrder() {
        List<String> reference = List.of("police", "killed", "the", "gunman");
        assertEquals(3, LongestCommonSubsequence.length(reference, List.of("police", "kill", "the", "gunman")));
        assertEquals(2, LongestCommonSubsequence.length(reference, List.of("the", "gunman", "kill", "police")));
    }

    @Test
    void ofAnEmptyListIsEmpty() {
        assertEquals(0, LongestCommonSubsequence.length(List.of(), List.of("a")));
        assertEquals(0, LongestCommonSubsequence.length(List.of("a"), List.of()));
        assertEquals(new BitSet(), LongestCommonSubsequence.positions(List.of("a"), List.of()));
    }

    /** Lengths around and beyond 64 and 128 words reach the carry between machine words. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 63, 64, 65, 128, 129, 300})
    void agreesWithTheTextbookTable(int longest) {
        long seed = 20240L + longest;
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            List<String> reference = randomWords(random, longest);
            List<String> prediction = randomWords(random, longest);
            int[][] table = table(reference, prediction);
            String message = "seed " + seed + ", round " + round;
            assertEquals(
                    table[reference.size()][prediction.size()],
                    LongestCommonSubsequence.length(reference, prediction),
                    message);
            assertEquals(
                    positions(table, reference, prediction),
                    LongestCommonSubsequence.positions(reference, prediction),
                    message);
        }
    }

    private static List<String> randomWords(Random random, int longest) {
        int size = random.nextInt(longest + 1);
        int alphabet = 1 + random.nextInt(8);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            words.add("w" + random.nextInt(alphabet));
        }
        return words;
    }

    private static int[][] table(List<String> reference, List<String> prediction) {
        int[][] table = new int[reference.size() + 1][prediction.size() + 1];
        for (int i = 1; i <= reference.size(); i++) {
            for (int j = 1; j <= prediction.size(); j++) {
                table[i][j] = reference.get(i - 1).equals(prediction.get(j - 1))
                        ? table[i - 1][j - 1] + 1
                        : Math.max(table[i - 1][j], table[i][j - 1]);
            }
        }
        return table;
    }

    private static BitSet positions(int[][] table, List<String> reference, List<String> prediction) {
        BitSet positions = new BitSet();
        int i = reference.size();
        int j = prediction.size();
        while (i > 0 && j > 0) {
            if (reference.get(i - 1).equals(prediction.get(j - 1))) {
                positions.set(--i);
                j--;
            } else if (table[i][j - 1] > table[i - 1][j]) {
                j--;
            } else {
                i--;
            }
        }
        return positions;
    }
}
