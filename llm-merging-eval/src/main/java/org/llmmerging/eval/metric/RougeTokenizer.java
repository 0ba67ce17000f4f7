package org.llmmerging.eval.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Splits a text into the words that ROUGE counts: runs of ASCII letters and digits in lower case; everything else
 * separates. So a text in another script has no words at all and scores 0, as it does in the reference
 * implementation. With stemming, words of more than three characters are reduced by {@link PorterStemmer}.
 *
 * <p>Immutable and thread-safe.
 *
 * @param useStemmer whether words are stemmed
 */
public record RougeTokenizer(boolean useStemmer) {
    private static final int SHORTEST_STEMMED = 4;

    /** The words of {@code text}, in order. */
    public List<String> tokenize(String text) {
        // Lower-casing comes first, for the whole text: the Kelvin sign becomes the letter k.
        String lower = text.toLowerCase(Locale.ROOT);
        List<String> tokens = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= lower.length(); i++) {
            boolean inWord = i < lower.length() && isWordCharacter(lower.charAt(i));
            if (inWord && start < 0) {
                start = i;
            } else if (!inWord && start >= 0) {
                tokens.add(normalize(lower.substring(start, i)));
                start = -1;
            }
        }
        return tokens;
    }

    private String normalize(String word) {
        return useStemmer && word.length() >= SHORTEST_STEMMED ? PorterStemmer.stem(word) : word;
    }

    private static boolean isWordCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
}
