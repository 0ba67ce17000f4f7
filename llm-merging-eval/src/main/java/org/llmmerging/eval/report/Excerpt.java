package org.llmmerging.eval.report;

/** Texts cut to what a page can show. */
final class Excerpt {
    private static final int LINE = 90;
    private static final int WHOLE = 4000;

    private Excerpt() {}

    /** The beginning of a text, on one line. */
    static String line(String text) {
        return cut(text.strip().replaceAll("\\s+", " "), LINE);
    }

    /** A text, unless it is very long. */
    static String whole(String text) {
        return cut(text, WHOLE);
    }

    private static String cut(String text, int length) {
        if (text.codePointCount(0, text.length()) <= length) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, length)) + "…";
    }
}
