package org.llmmerging.eval.metric;

import java.util.Map;

/**
 * Reduces an English word to its stem: M. F. Porter, An algorithm for suffix stripping, Program 14(3), 1980, in the
 * dialect that NLTK uses by default and that published ROUGE figures with stemming were computed in. The dialect
 * differs from the paper in a list of irregular words, in {@code -ies} and {@code -ied} after a single letter, in when
 * a final y becomes i, in the suffixes {@code -alli}, {@code -bli}, {@code -fulli} and {@code -logi}, and in what
 * counts as a short syllable.
 *
 * <p>Stateless and thread-safe.
 */
final class PorterStemmer {
    private static final int LONGEST_UNCHANGED = 2;

    /** Words that the rules would take apart wrongly or merge with another word. */
    private static final Map<String, String> IRREGULAR = Map.ofEntries(
            Map.entry("sky", "sky"),
            Map.entry("skies", "sky"),
            Map.entry("dying", "die"),
            Map.entry("lying", "lie"),
            Map.entry("tying", "tie"),
            Map.entry("news", "news"),
            Map.entry("inning", "inning"),
            Map.entry("innings", "inning"),
            Map.entry("outing", "outing"),
            Map.entry("outings", "outing"),
            Map.entry("canning", "canning"),
            Map.entry("cannings", "canning"),
            Map.entry("howe", "howe"),
            Map.entry("proceed", "proceed"),
            Map.entry("exceed", "exceed"),
            Map.entry("succeed", "succeed"));

    /** Pairs of suffix and replacement; the first suffix that a word has decides. */
    private static final String[][] STEP_2 = {
        {"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"}, {"anci", "ance"}, {"izer", "ize"}, {"bli", "ble"},
        {"entli", "ent"}, {"eli", "e"}, {"ousli", "ous"}, {"ization", "ize"}, {"ation", "ate"}, {"ator", "ate"},
        {"alism", "al"}, {"iveness", "ive"}, {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"}, {"iviti", "ive"},
        {"biliti", "ble"}, {"fulli", "ful"}
    };

    private static final String[][] STEP_3 = {
        {"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"}, {"ical", "ic"}, {"ful", ""}, {"ness", ""}
    };

    private static final String[] STEP_4 = {
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate",
        "iti", "ous", "ive", "ize"
    };

    private PorterStemmer() {}

    /** The stem of {@code word}, which is in lower case; words of one or two letters are their own stems. */
    static String stem(String word) {
        String irregular = IRREGULAR.get(word);
        if (irregular != null) {
            return irregular;
        }
        if (word.length() <= LONGEST_UNCHANGED) {
            return word;
        }
        String stem = finalY(pastAndGerund(plural(word)));
        stem = replaceSuffix(doubleSuffix(stem), STEP_3);
        return finalDoubleL(finalE(dropSuffix(stem)));
    }

    /** Step 1a: {@code -sses}, {@code -ies}, {@code -s}. */
    private static String plural(String word) {
        if (word.endsWith("ies")) {
            return chop(word, word.length() == 4 ? 1 : 2);
        }
        if (word.endsWith("sses")) {
            return chop(word, 2);
        }
        return word.endsWith("s") && !word.endsWith("ss") ? chop(word, 1) : word;
    }

    /** Step 1b: {@code -ied}, {@code -eed}, {@code -ed}, {@code -ing}. */
    private static String pastAndGerund(String word) {
        if (word.endsWith("ied")) {
            return chop(word, word.length() == 4 ? 1 : 2);
        }
        if (word.endsWith("eed")) {
            return measure(chop(word, 3)) > 0 ? chop(word, 1) : word;
        }
        int suffix = word.endsWith("ed") ? 2 : word.endsWith("ing") ? 3 : 0;
        if (suffix == 0 || !hasVowel(chop(word, suffix))) {
            return word;
        }
        String stem = chop(word, suffix);
        if (stem.endsWith("at") || stem.endsWith("bl") || stem.endsWith("iz")) {
            return stem + "e";
        }
        if (endsWithDoubleConsonant(stem)) {
            char last = stem.charAt(stem.length() - 1);
            return last == 'l' || last == 's' || last == 'z' ? stem : chop(stem, 1);
        }
        return measure(stem) == 1 && endsWithShortSyllable(stem) ? stem + "e" : stem;
    }

    /** Step 1c: a final y after a consonant that is not the first letter. */
    private static String finalY(String word) {
        int last = word.length() - 1;
        return last > 1 && word.charAt(last) == 'y' && isConsonant(word, last - 1) ? chop(word, 1) + "i" : word;
    }

    /** Step 2: a suffix made of two. */
    private static String doubleSuffix(String word) {
        if (word.endsWith("alli") && measure(chop(word, 4)) > 0) {
            return doubleSuffix(chop(word, 2));
        }
        if (word.endsWith("logi")) {
            // The l counts as part of the stem, so that "geologi" is long enough.
            return measure(chop(word, 3)) > 0 ? chop(word, 1) : word;
        }
        return replaceSuffix(word, STEP_2);
    }

    private static String replaceSuffix(String word, String[][] rules) {
        for (String[] rule : rules) {
            if (word.endsWith(rule[0])) {
                String stem = chop(word, rule[0].length());
                return measure(stem) > 0 ? stem + rule[1] : word;
            }
        }
        return word;
    }

    /** Step 4: a simple suffix after a long stem. */
    private static String dropSuffix(String word) {
        for (String suffix : STEP_4) {
            if (word.endsWith(suffix)) {
                String stem = chop(word, suffix.length());
                boolean allowed = !suffix.equals("ion") || stem.endsWith("s") || stem.endsWith("t");
                return measure(stem) > 1 && allowed ? stem : word;
            }
        }
        return word;
    }

    /** Step 5a. */
    private static String finalE(String word) {
        if (!word.endsWith("e")) {
            return word;
        }
        String stem = chop(word, 1);
        int measure = measure(stem);
        return measure > 1 || (measure == 1 && !endsWithShortSyllable(stem)) ? stem : word;
    }

    /** Step 5b. */
    private static String finalDoubleL(String word) {
        return word.endsWith("ll") && measure(chop(word, 1)) > 1 ? chop(word, 1) : word;
    }

    /** The paper's <i>m</i>: how often a consonant follows a vowel. */
    private static int measure(String stem) {
        int measure = 0;
        boolean afterVowel = false;
        for (int i = 0; i < stem.length(); i++) {
            boolean consonant = isConsonant(stem, i);
            if (consonant && afterVowel) {
                measure++;
            }
            afterVowel = !consonant;
        }
        return measure;
    }

    private static boolean hasVowel(String stem) {
        for (int i = 0; i < stem.length(); i++) {
            if (!isConsonant(stem, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean endsWithDoubleConsonant(String stem) {
        int last = stem.length() - 1;
        return last > 0 && stem.charAt(last) == stem.charAt(last - 1) && isConsonant(stem, last);
    }

    /** The paper's *o, consonant, vowel and a consonant other than w, x and y; or just vowel and consonant. */
    private static boolean endsWithShortSyllable(String stem) {
        int last = stem.length() - 1;
        if (last == 1) {
            return !isConsonant(stem, 0) && isConsonant(stem, 1);
        }
        return last > 1
                && isConsonant(stem, last - 2)
                && !isConsonant(stem, last - 1)
                && isConsonant(stem, last)
                && "wxy".indexOf(stem.charAt(last)) < 0;
    }

    /** Anything but a, e, i, o, u, and a y that follows a consonant. A digit is a consonant. */
    private static boolean isConsonant(String word, int index) {
        return switch (word.charAt(index)) {
            case 'a', 'e', 'i', 'o', 'u' -> false;
            case 'y' -> {
                // Along a run of y the kind alternates, from its start on.
                int start = index;
                while (start > 0 && word.charAt(start - 1) == 'y') {
                    start--;
                }
                boolean firstIsConsonant = start == 0 || !isConsonant(word, start - 1);
                yield firstIsConsonant == ((index - start) % 2 == 0);
            }
            default -> true;
        };
    }

    private static String chop(String word, int letters) {
        return word.substring(0, word.length() - letters);
    }
}
