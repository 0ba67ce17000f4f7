package org.llmmerging.checkpoint;

import java.util.Collection;
import java.util.stream.Collectors;

/** Puts text from a file into a message: short, on one line, and harmless to a terminal. */
final class Quoting {
    private static final int LONGEST = 120;
    private static final int MOST_NAMES = 10;

    private Quoting() {}

    /** The text in double quotes. */
    static String quoted(String text) {
        return '"' + shortened(text) + '"';
    }

    /** The text with control characters replaced, cut after 120 characters. */
    static String shortened(String text) {
        StringBuilder safe = new StringBuilder();
        int length = Math.min(text.length(), LONGEST);
        for (int i = 0; i < length; i++) {
            char character = text.charAt(i);
            boolean printable = !Character.isISOControl(character) && !Character.isSurrogate(character);
            safe.append(printable ? String.valueOf(character) : "\\u%04x".formatted((int) character));
        }
        if (text.length() > LONGEST) {
            safe.append("… (").append(text.length()).append(" characters)");
        }
        return safe.toString();
    }

    /** Up to ten names in quotes, then how many more there are. */
    static String list(Collection<String> names) {
        String shown = names.stream().limit(MOST_NAMES).map(Quoting::quoted).collect(Collectors.joining(", "));
        int more = names.size() - MOST_NAMES;
        return more > 0 ? shown + " and " + more + " more" : shown;
    }
}
