package org.llmmerging.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that a user probably meant, by Levenshtein's edit distance. */
public final class DidYouMean {
    private static final int MOST_LISTED = 40;

    private DidYouMean() {
    }

    /**
     * The known name nearest to a word. Case does not count; a third of the word, and always one character, may
     * differ. Of names equally near, the first in {@code known} is taken.
     *
     * @return nothing when no name is near
     */
    public static Optional<String> suggest(String word, Collection<String> known) {
        String typed = word.toLowerCase(Locale.ROOT);
        int nearest = Math.max(1, typed.length() / 3) + 1;
        Optional<String> suggestion = Optional.empty();
        for (String name : known) {
            // The difference in length is a lower bound, and saves the quadratic work on long input.
            if (Math.abs(name.length() - typed.length()) < nearest) {
                int distance = distance(typed, name.toLowerCase(Locale.ROOT));
                if (distance < nearest) {
                    nearest = distance;
                    suggestion = Optional.of(name);
                }
            }
        }
        return suggestion;
    }

    /** A remedy to end a message with: {@code Did you mean 'x'?}, else the known names when they are not too many. */
    public static String remedy(String word, Collection<String> known) {
        Optional<String> suggestion = suggest(word, known);
        if (suggestion.isPresent()) {
            return "Did you mean '" + suggestion.get() + "'?";
        }
        return known.size() <= MOST_LISTED ? "Known are: " + String.join(", ", known) + "." : "";
    }

    /** Fewest insertions, deletions and replacements of a character that turn one word into the other. */
    private static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        int[] current = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[to.length()];
    }
}
