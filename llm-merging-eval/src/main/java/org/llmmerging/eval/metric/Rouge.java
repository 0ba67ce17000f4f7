package org.llmmerging.eval.metric;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * ROUGE: how much a generated text shares with a reference text. C.-Y. Lin, ROUGE: a package for automatic evaluation
 * of summaries, ACL 2004, sections 2 (n-grams), 3.1 and 3.2 (longest common subsequence of sentences and of summaries).
 * Words are those of {@link RougeTokenizer}; a sentence of rougeLsum is a line; F1 weighs precision and recall
 * equally.
 *
 * <p>Immutable and thread-safe.
 */
public final class Rouge {
    private final RougeTokenizer tokenizer;

    /** @param useStemmer whether words that differ in their endings only count as the same */
    public Rouge(boolean useStemmer) {
        this.tokenizer = new RougeTokenizer(useStemmer);
    }

    /** Scores one text in every variant. A text without words scores 0, against an empty reference also. */
    public Map<RougeType, RougeScore> score(String prediction, String reference) {
        List<String> predicted = tokenizer.tokenize(prediction);
        List<String> expected = tokenizer.tokenize(reference);
        Map<RougeType, RougeScore> scores = new EnumMap<>(RougeType.class);
        scores.put(RougeType.ROUGE_1, ngrams(predicted, expected, 1));
        scores.put(RougeType.ROUGE_2, ngrams(predicted, expected, 2));
        scores.put(RougeType.ROUGE_L, longest(predicted, expected));
        scores.put(RougeType.ROUGE_LSUM, summary(lines(prediction), lines(reference)));
        return scores;
    }

    /** The variant rougeL of {@link #score} alone. */
    public RougeScore scoreL(String prediction, String reference) {
        return longest(tokenizer.tokenize(prediction), tokenizer.tokenize(reference));
    }

    private static RougeScore longest(List<String> predicted, List<String> expected) {
        return RougeScore.of(
                LongestCommonSubsequence.length(expected, predicted), predicted.size(), expected.size());
    }

    private static RougeScore ngrams(List<String> predicted, List<String> expected, int n) {
        Map<List<String>, Integer> remaining = new HashMap<>();
        for (int i = 0; i + n <= expected.size(); i++) {
            remaining.merge(expected.subList(i, i + n), 1, Integer::sum);
        }
        int matches = 0;
        for (int i = 0; i + n <= predicted.size(); i++) {
            if (takeOne(remaining, predicted.subList(i, i + n))) {
                matches++;
            }
        }
        return RougeScore.of(matches, predicted.size() - n + 1L, expected.size() - n + 1L);
    }

    /**
     * The union of the longest common subsequences of each reference line with every predicted line. A word is
     * matched at most as often as both texts have it, counted over all lines.
     */
    private static RougeScore summary(List<List<String>> predicted, List<List<String>> expected) {
        Map<String, Integer> remainingPredicted = counts(predicted);
        Map<String, Integer> remainingExpected = counts(expected);
        int matches = 0;
        for (List<String> line : expected) {
            BitSet union = new BitSet(line.size());
            for (List<String> other : predicted) {
                union.or(LongestCommonSubsequence.positions(line, other));
            }
            for (int i = union.nextSetBit(0); i >= 0; i = union.nextSetBit(i + 1)) {
                String word = line.get(i);
                if (remainingPredicted.getOrDefault(word, 0) > 0 && takeOne(remainingExpected, word)) {
                    takeOne(remainingPredicted, word);
                    matches++;
                }
            }
        }
        return RougeScore.of(matches, size(predicted), size(expected));
    }

    private List<List<String>> lines(String text) {
        List<List<String>> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            List<String> tokens = tokenizer.tokenize(line);
            if (!tokens.isEmpty()) {
                lines.add(tokens);
            }
        }
        return lines;
    }

    private static Map<String, Integer> counts(List<List<String>> lines) {
        Map<String, Integer> counts = new HashMap<>();
        lines.forEach(line -> line.forEach(word -> counts.merge(word, 1, Integer::sum)));
        return counts;
    }

    private static long size(List<List<String>> lines) {
        return lines.stream().mapToLong(List::size).sum();
    }

    private static <T> boolean takeOne(Map<T, Integer> remaining, T unit) {
        Integer count = remaining.get(unit);
        if (count == null || count == 0) {
            return false;
        }
        remaining.put(unit, count - 1);
        return true;
    }
}
