package org.llmmerging;

import java.util.regex.Pattern;

/**
 * A publication that a model card refers to.
 *
 * @param title what it is called, or what it is known as
 * @param address where it is: {@code https://}, with parentheses as {@code %28} and {@code %29}
 */
public record Paper(String title, String address) {
    private static final Pattern TITLE = Pattern.compile("[^\\[\\]\\v]*\\S[^\\[\\]\\v]*");
    private static final Pattern ADDRESS = Pattern.compile("https?://[^\\s()<>]+");

    /** @throws IllegalArgumentException when a model card cannot link to it */
    public Paper {
        if (!TITLE.matcher(title).matches()) {
            throw new IllegalArgumentException(
                    "the title of a paper is one line without square brackets, not \"" + title + "\"");
        }
        if (!ADDRESS.matcher(address).matches()) {
            throw new IllegalArgumentException("the address of a paper starts with https:// and has no spaces or"
                    + " parentheses, unlike \"" + address + "\"");
        }
    }

    /** A paper on arXiv, by its number, such as {@code 2306.01708}. */
    public static Paper arxiv(String title, String number) {
        return new Paper(title, "https://arxiv.org/abs/" + number);
    }
}
