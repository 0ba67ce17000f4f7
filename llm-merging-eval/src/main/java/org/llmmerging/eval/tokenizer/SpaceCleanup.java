package org.llmmerging.eval.tokenizer;

import java.util.regex.Pattern;

/**
 * Removes the space that word-by-word decoding leaves before punctuation and English contractions, as transformers does
 * when {@code clean_up_tokenization_spaces} is set or absent.
 */
final class SpaceCleanup {
    // In the order of the reference, where an earlier removal may make room for a later one.
    private static final Pattern[] SPACED = {
        Pattern.compile(" (\\.)"),
        Pattern.compile(" (\\?)"),
        Pattern.compile(" (!)"),
        Pattern.compile(" (,)"),
        Pattern.compile(" (') "),
        Pattern.compile(" (n't)"),
        Pattern.compile(" ('m)"),
        Pattern.compile(" ('s)"),
        Pattern.compile(" ('ve)"),
        Pattern.compile(" ('re)")
    };

    private SpaceCleanup() {}

    static String apply(String text) {
        String cleaned = text;
        for (Pattern pattern : SPACED) {
            cleaned = pattern.matcher(cleaned).replaceAll("$1");
        }
        return cleaned;
    }
}
