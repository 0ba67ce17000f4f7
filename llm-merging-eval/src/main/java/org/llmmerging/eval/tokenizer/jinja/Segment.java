package org.llmmerging.eval.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;

/**
 * A piece of a template: text, an expression to write or a statement. Whitespace is as transformers sets it: the line
 * end after a statement goes, and so does the space before a statement that begins its line ({@code trim_blocks} and
 * {@code lstrip_blocks}).
 */
record Segment(Kind kind, String content) {
    enum Kind {
        TEXT,
        OUTPUT,
        STATEMENT
    }

    static List<Segment> split(String template) {
        List<Segment> segments = new ArrayList<>();
        int at = 0;
        boolean stripLeft = false;
        boolean dropLineEnd = false;
        while (true) {
            int start = nextTag(template, at);
            String text = template.substring(at, start < 0 ? template.length() : start);
            if (stripLeft) {
                text = Strings.stripLeading(text);
            } else if (dropLineEnd && text.startsWith("\n")) {
                text = text.substring(1);
            }
            if (start < 0) {
                segments.add(new Segment(Kind.TEXT, text));
                return segments;
            }
            char opening = template.charAt(start + 1);
            char control = start + 2 < template.length() ? template.charAt(start + 2) : ' ';
            if (control == '-') {
                text = Strings.stripTrailing(text);
            } else if (opening != '{' && control != '+') {
                text = withoutIndent(text, at == 0 || !text.equals(template.substring(at, start)));
            }
            segments.add(new Segment(Kind.TEXT, text));
            int begin = start + 2 + (control == '-' || control == '+' ? 1 : 0);
            String closing = opening == '{' ? "}}" : opening == '%' ? "%}" : "#}";
            int end = opening == '#' ? template.indexOf(closing, begin) : closing(template, begin, closing);
            if (end < 0) {
                throw new JinjaException("opens '{" + opening + "' and does not close it");
            }
            stripLeft = end > begin && template.charAt(end - 1) == '-';
            dropLineEnd = opening != '{' && !(end > begin && template.charAt(end - 1) == '+');
            boolean marked = end > begin && (stripLeft || template.charAt(end - 1) == '+');
            String content = Strings.strip(template.substring(begin, marked ? end - 1 : end));
            if (opening != '#') {
                segments.add(new Segment(opening == '{' ? Kind.OUTPUT : Kind.STATEMENT, content));
            }
            at = end + 2;
        }
    }

    /** Removes the space at the end when nothing but it stands on the line. */
    private static String withoutIndent(String text, boolean beginsLine) {
        int line = text.lastIndexOf('\n') + 1;
        boolean onlySpace = Strings.strip(text.substring(line)).isEmpty();
        return onlySpace && (line > 0 || beginsLine) ? text.substring(0, line) : text;
    }

    private static int nextTag(String template, int from) {
        for (int i = template.indexOf('{', from); i >= 0
                && i + 1 < template.length(); i = template.indexOf('{', i + 1)) {
            if ("{%#".indexOf(template.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /** Where the tag closes, outside strings and brackets; −1 when it does not. */
    private static int closing(String template, int from, String closing) {
        int depth = 0;
        for (int i = from; i < template.length(); i++) {
            char c = template.charAt(i);
            if (depth == 0 && template.startsWith(closing, i)) {
                return i;
            }
            if (c == '"' || c == '\'') {
                do {
                    i += i + 1 < template.length() && template.charAt(i) == '\\' ? 2 : 1;
                } while (i < template.length() && template.charAt(i) != c);
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            }
        }
        return -1;
    }
}
