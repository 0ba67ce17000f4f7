package org.llmmerging.eval.task;

import java.util.ArrayList;
import java.util.List;
import org.llmmerging.config.Quoting;

/**
 * Reads a Python list of strings as Python prints it, {@code ['a', "it's"]}: both kinds of quotes, the escapes of the
 * language reference (section 2.4.1.1, String literal escape sequences), a comma after the last element. Anything else
 * that Python would evaluate is refused: numbers, prefixes, adjacent strings without a comma, triple quotes, comments.
 *
 * <p>{@code \N{...}}, which Python itself never prints, takes the names of {@link Character#codePointOf}: neither
 * aliases such as {@code LF} nor the computed names of ideographs and Hangul syllables.
 */
final class PythonList {
    private final String text;
    private int position;

    private PythonList(String text) {
        this.text = text;
    }

    /**
     * The elements of the list, in order.
     *
     * @throws IllegalArgumentException saying what is wrong, and at which character
     */
    static List<String> parse(String text) {
        return new PythonList(text).list();
    }

    private List<String> list() {
        skipSpace();
        if (peek() != '[') {
            throw wrong("a list must start with [");
        }
        position++;
        List<String> elements = new ArrayList<>();
        skipSpace();
        while (peek() != ']') {
            elements.add(element());
            skipSpace();
            if (peek() == ',') {
                position++;
                skipSpace();
            } else if (peek() != ']') {
                throw wrong(atEnd() ? "the list is not closed by ]" : "a comma or ] must follow an element");
            }
        }
        position++;
        skipSpace();
        if (!atEnd()) {
            throw wrong("nothing may follow the list");
        }
        return elements;
    }

    private String element() {
        int quote = peek();
        if (quote != '\'' && quote != '"') {
            throw wrong(atEnd() ? "the list is not closed by ]" : "an element must be a string in quotes");
        }
        position++;
        StringBuilder value = new StringBuilder();
        while (peek() != quote) {
            int c = peek();
            if (c < 0) {
                throw wrong("a string is not closed by " + (char) quote);
            }
            if (c == '\n' || c == '\r') {
                throw wrong("a string may not go over a line break; write \\n");
            }
            position++;
            if (c == '\\') {
                escape(value);
            } else {
                value.append((char) c);
            }
        }
        position++;
        return wellFormed(value.toString());
    }

    private void escape(StringBuilder value) {
        int c = peek();
        if (c < 0) {
            throw wrong("the text ends inside an escape");
        }
        position++;
        switch (c) {
            case '\n' -> {
                // A backslash at the end of a line joins it to the next.
            }
            case '\\', '\'', '"' -> value.append((char) c);
            case 'a' -> value.append('\u0007');
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case 'n' -> value.append('\n');
            case 'r' -> value.append('\r');
            case 't' -> value.append('\t');
            case 'v' -> value.append('\u000b');
            case 'x' -> value.appendCodePoint(hexadecimal(2));
            case 'u' -> value.appendCodePoint(hexadecimal(4));
            case 'U' -> value.appendCodePoint(hexadecimal(8));
            case 'N' -> value.appendCodePoint(named());
            case '0', '1', '2', '3', '4', '5', '6', '7' -> value.appendCodePoint(octal());
            default -> value.append('\\').append((char) c);
        }
    }

    private int octal() {
        int start = --position;
        while (position < start + 3 && peek() >= '0' && peek() <= '7') {
            position++;
        }
        return Integer.parseInt(text, start, position, 8);
    }

    private int hexadecimal(int digits) {
        int start = position;
        long code = 0;
        for (int i = 0; i < digits; i++) {
            int digit = atEnd() ? -1 : Character.digit(text.charAt(position), 16);
            if (digit < 0 || text.charAt(position) > 'f') {
                throw wrong("an escape needs " + digits + " hexadecimal digits");
            }
            code = code * 16 + digit;
            position++;
        }
        if (code > Character.MAX_CODE_POINT) {
            position = start;
            throw wrong("an escape is beyond Unicode");
        }
        return (int) code;
    }

    private int named() {
        int end = text.indexOf('}', position);
        if (peek() != '{' || end < 0) {
            throw wrong("\\N needs a character's name in braces");
        }
        String name = text.substring(position + 1, end);
        try {
            int code = Character.codePointOf(name);
            position = end + 1;
            return code;
        } catch (IllegalArgumentException e) {
            throw wrong(
                    "no character is known by the name " + Quoting.shortened(name)
                            + "; write the character itself, or \\u and its code",
                    e);
        }
    }

    private String wellFormed(String value) {
        if (!TextFile.isWellFormed(value)) {
            throw wrong("half of a surrogate pair is no character");
        }
        return value;
    }

    private void skipSpace() {
        while (!atEnd() && " \t\r\n\f".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    private boolean atEnd() {
        return position >= text.length();
    }

    /** The next character, or −1 at the end. */
    private int peek() {
        return atEnd() ? -1 : text.charAt(position);
    }

    private IllegalArgumentException wrong(String problem) {
        return new IllegalArgumentException(problem + " (character " + (position + 1) + ")");
    }

    private IllegalArgumentException wrong(String problem, Throwable cause) {
        return new IllegalArgumentException(problem + " (character " + (position + 1) + ")", cause);
    }
}
