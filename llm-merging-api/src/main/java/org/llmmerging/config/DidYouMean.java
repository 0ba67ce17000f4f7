package org.llmmerging.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that a user probably meant: Levenshtein's distance, in which swapped neighbours count once. */
public final class DidYouMean {
    private static final int MOST_LISTED = 40;
    private static final int LONGEST_COMPARED = 100;

    private DidYouMean() {}

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
            // The cost is quadratic, and no name that long is misspelt rather than wrong.
            if (Math.max(name.length(), typed.length()) <= LONGEST_COMPARED) {
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
        if (known.isEmpty()) {
            return "There are none.";
        }
        return known.size() <= MOST_LISTED ? "Known are: " + String.join(", ", known) + "." : "";
    }

    /** Fewest insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
    private static int distance(String from, String to) {
        int[][] distances = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            distances[i][0] = i;
        }
        for (int j = 0; j <= to.length(); j++) {
            distances[0][j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            for (int j = 1; j <= to.length(); j++) {
                boolean same = from.charAt(i - 1) == to.charAt(j - 1);
                int best = distances[i - 1][j - 1] + (same ? 0 : 1);
                best = Math.min(best, Math.min(distances[i - 1][j], distances[i][j - 1]) + 1);
                if (i > 1 && j > 1 && areSwapped(from, i, to, j)) {
                    best = Math.min(best, distances[i - 2][j - 2] + 1);
                }
                distances[i][j] = best;
            }
        }
        return distances[from.length()][to.length()];
    }

    /** Whether the two characters before the indices are the same, the other way round. */
    private static boolean areSwapped(String from, int i, String to, int j) {
        return from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
    }
}
