package org.llmmerging.eval.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/** What Python's strings do. Positions count code points, and space is what Unicode takes for space. */
final class Strings {
    private static final Pattern LINE_END = Pattern.compile("\r\n|[\n\u000b\f\r\u001c-\u001e\u0085\u2028\u2029]");
    private static final Pattern WORD_BEGIN = Pattern.compile("(?U)(?<=[-\\s({\\[<])(?=[^-\\s({\\[<])");

    private Strings() {}

    static boolean isSpace(int character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character) || character == '\u0085';
    }

    static String strip(String text) {
        return strip(text, Strings::isSpace, true, true);
    }

    static String stripLeading(String text) {
        return strip(text, Strings::isSpace, true, false);
    }

    static String stripTrailing(String text) {
        return strip(text, Strings::isSpace, false, true);
    }

    /** @param unwanted the characters to remove, or {@link Constant#NONE} for space */
    static String strip(String text, Object unwanted, boolean left, boolean right) {
        if (unwanted == Constant.NONE) {
            return strip(text, Strings::isSpace, left, right);
        }
        String characters = Values.text(unwanted);
        return strip(text, character -> characters.indexOf(character) >= 0, left, right);
    }

    private static String strip(String text, IntPredicate unwanted, boolean left, boolean right) {
        int begin = 0;
        int end = text.length();
        while (left && begin < end && unwanted.test(text.codePointAt(begin))) {
            begin += Character.charCount(text.codePointAt(begin));
        }
        while (right && end > begin && unwanted.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(begin, end);
    }

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    static String at(String text, int index) {
        return Character.toString(text.codePointAt(text.offsetByCodePoints(0, index)));
    }

    static long find(String text, String part) {
        int found = text.indexOf(part);
        return found < 0 ? found : text.codePointCount(0, found);
    }

    static int compare(String left, String right) {
        return Arrays.compare(left.codePoints().toArray(), right.codePoints().toArray());
    }

    /** The parts between separators; of the separators from the left so many count, or all for a negative number. */
    static List<Object> split(String text, String separator, long most) {
        if (separator.isEmpty()) {
            throw new JinjaException("splits '" + text + "' at an empty text");
        }
        List<Object> parts = new ArrayList<>();
        int begin = 0;
        for (int end = text.indexOf(separator); end >= 0
                && parts.size() != most; end = text.indexOf(separator, begin)) {
            parts.add(text.substring(begin, end));
            begin = end + separator.length();
        }
        parts.add(text.substring(begin));
        return parts;
    }

    /** The parts between spaces, as {@link #split(String, String, long)} otherwise; no part is empty. */
    static List<Object> split(String text, long most) {
        List<Object> parts = new ArrayList<>();
        int begin = indexOf(text, 0, false);
        while (begin < text.length()) {
            int end = parts.size() == most ? text.length() : indexOf(text, begin, true);
            parts.add(text.substring(begin, end));
            begin = indexOf(text, end, false);
        }
        return parts;
    }

    /** Where space, or what is none, comes next; the length where it does not. */
    private static int indexOf(String text, int from, boolean space) {
        int at = from;
        while (at < text.length() && isSpace(text.charAt(at)) != space) {
            at++;
        }
        return at;
    }

    /** Replaces so many occurrences from the left, or all for a negative number. */
    static String replace(String text, String old, String with, long most) {
        BoundedText replaced = new BoundedText();
        int begin = 0;
        long count = 0;
        for (int found = text.indexOf(old); found >= 0 && count != most; count++) {
            replaced.append(text.substring(begin, found)).append(with);
            begin = found + old.length();
            if (old.isEmpty() && found == text.length()) {
                break;
            }
            // Nothing is found around each character, and not between the halves of one.
            int from = old.isEmpty() ? text.offsetByCodePoints(found, 1) : begin;
            found = text.indexOf(old, from);
        }
        return replaced.append(text.substring(begin)).toString();
    }

    static long count(String text, String part) {
        return part.isEmpty() ? length(text) + 1L : split(text, part, -1).size() - 1L;
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int second = text.offsetByCodePoints(0, 1);
        return text.substring(0, second).toUpperCase(Locale.ROOT) + text.substring(second).toLowerCase(Locale.ROOT);
    }

    /** Python's {@code title}: a letter begins a word where none is before it. */
    static String title(String text) {
        StringBuilder title = new StringBuilder();
        boolean within = false;
        for (int character : text.codePoints().toArray()) {
            title.appendCodePoint(within ? Character.toLowerCase(character) : Character.toTitleCase(character));
            within = Character.isUpperCase(character) || Character.isLowerCase(character)
                    || Character.isTitleCase(character);
        }
        return title.toString();
    }

    /** The title of Jinja's filter: words begin after space, hyphens and opening brackets only. */
    static String titleOfWords(String text) {
        StringBuilder title = new StringBuilder();
        WORD_BEGIN.splitAsStream(text).map(Strings::capitalize).forEach(title::append);
        return title.toString();
    }

    static String escape(String text) {
        BoundedText escaped = new BoundedText();
        text.codePoints().forEach(character -> {
            switch (character) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&#34;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(character);
            }
        });
        return escaped.toString();
    }

    /** Indents the lines after the first. */
    static String indent(String text, String indention, boolean first, boolean blank) {
        BoundedText indented = new BoundedText().append(first ? indention : "");
        String[] lines = LINE_END.split(text, -1);
        for (int i = 0; i < lines.length; i++) {
            if (i > 0) {
                indented.append("\n").append(blank || !lines[i].isEmpty() ? indention : "");
            }
            indented.append(lines[i]);
        }
        return indented.toString();
    }

    /** As a list writes a text that it holds. */
    static String quoted(String text) {
        char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
        BoundedText quoted = new BoundedText().appendCodePoint(quote);
        text.codePoints().forEach(character -> {
            switch (character) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (character == '\\' || character == quote) {
                        quoted.append("\\").appendCodePoint(character);
                    } else if (isPrintable(character)) {
                        quoted.appendCodePoint(character);
                    } else {
                        quoted.append(String.format(
                                character < 0x100 ? "\\x%02x" : character < 0x10000 ? "\\u%04x" : "\\U%08x",
                                character));
                    }
                }
            }
        });
        return quoted.appendCodePoint(quote).toString();
    }

    private static boolean isPrintable(int character) {
        return character == ' ' || switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR ->
                false;
            default -> true;
        };
    }
}
