package org.llmmerging.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;

/** Puts text from a file into a message: short, on one line, and harmless to a terminal. */
public final class Quoting {
    private static final int LONGEST = 120;
    private static final int LONGEST_LINE = 10_000;
    private static final int MOST_LISTED = 10;

    private Quoting() {}

    /** The text in double quotes. */
    public static String quoted(String text) {
        return '"' + shortened(text) + '"';
    }

    /** The text with control characters, line ends and halves of surrogate pairs replaced, cut after 120 characters. */
    public static String shortened(String text) {
        String shown = start(text, LONGEST);
        return text.length() > LONGEST ? shown + "… (" + text.length() + " characters)" : shown;
    }

    /** A whole message on one line, with control characters replaced, cut where no message goes on to. */
    static String onOneLine(String message) {
        String shown = start(message, LONGEST_LINE);
        return message.length() > LONGEST_LINE ? shown + '…' : shown;
    }

    /** A message of one line or several, with control characters but tabs replaced, very long lines cut. */
    public static String onItsLines(String message) {
        return message.lines()
                .map(line -> Arrays.stream(line.split("\t", -1))
                        .map(Quoting::onOneLine)
                        .collect(Collectors.joining("\t")))
                .collect(Collectors.joining("\n"));
    }

    private static String start(String text, int length) {
        boolean isCutInPair = text.length() > length
                && Character.isSurrogatePair(text.charAt(length - 1), text.charAt(length));
        StringBuilder safe = new StringBuilder();
        text.substring(0, isCutInPair ? length - 1 : Math.min(text.length(), length))
                .codePoints()
                .forEach(code -> safe.append(printable(code)));
        return safe.toString();
    }

    private static String printable(int code) {
        return switch (code) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            default -> switch (Character.getType(code)) {
                case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                    "\\u%04x".formatted(code);
                default -> Character.toString(code);
            };
        };
    }

    /** Up to ten names in quotes, then how many more there are. */
    public static String list(Collection<String> names) {
        String shown = names.stream().limit(MOST_LISTED).map(Quoting::quoted).collect(Collectors.joining(", "));
        int more = names.size() - MOST_LISTED;
        return more > 0 ? shown + " and " + more + " more" : shown;
    }

    /** Up to ten problems, then how many more there are, so that what follows them is not cut off. */
    public static String problems(Collection<String> problems) {
        String shown = problems.stream().limit(MOST_LISTED).collect(Collectors.joining("; "));
        int more = problems.size() - MOST_LISTED;
        return more > 0 ? shown + "; and " + more + " more like these" : shown;
    }

    /**
     * Problems in lines of their own below a message.
     *
     * @param count of all, those that are not shown included
     */
    public static String lines(Collection<String> shown, long count) {
        String more = count > shown.size() ? "\n  and " + (count - shown.size()) + " more" : "";
        return "\n  " + String.join("\n  ", shown) + more;
    }
}
