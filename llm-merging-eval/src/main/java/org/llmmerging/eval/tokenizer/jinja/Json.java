package org.llmmerging.eval.tokenizer.jinja;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes values as Python's {@code json.dumps} does. */
final class Json {
    private final BoundedText out = new BoundedText();
    private final boolean ascii;
    private final boolean sorted;
    private final Object indention;
    private final String between;
    private final String afterKey;

    private Json(Parameters.Bound options) {
        this.ascii = options.isTrue("ensure_ascii");
        this.sorted = options.isTrue("sort_keys");
        Object indent = options.get("indent");
        this.indention = indent == Constant.NONE || indent instanceof String
                ? indent
                : new BoundedText().repeat(" ", Values.whole(indent)).toString();
        Object separators = options.get("separators");
        if (separators == Constant.NONE) {
            this.between = indent == Constant.NONE ? ", " : ",";
            this.afterKey = ": ";
        } else if (separators instanceof List<?> both && both.size() == 2) {
            this.between = Values.text(both.get(0));
            this.afterKey = Values.text(both.get(1));
        } else {
            throw new JinjaException("has separators of JSON that are not two texts: " + Values.text(separators));
        }
    }

    /** @param options {@code ensure_ascii}, {@code indent}, {@code separators} and {@code sort_keys} */
    static String text(Object value, Parameters.Bound options) {
        Json json = new Json(options);
        json.write(value, 0);
        return json.out.toString();
    }

    private void write(Object value, int depth) {
        switch (value) {
            case List<?> list -> {
                out.append("[");
                Iterator<?> elements = list.iterator();
                for (boolean first = true; elements.hasNext(); first = false) {
                    next(first, depth + 1);
                    write(elements.next(), depth + 1);
                }
                close(list.isEmpty(), depth, "]");
            }
            case Map<?, ?> map -> {
                out.append("{");
                boolean first = true;
                for (Map.Entry<?, ?> entry : entries(map).entrySet()) {
                    next(first, depth + 1);
                    first = false;
                    string(entry.getKey() instanceof String key ? key : plain(entry.getKey()));
                    out.append(afterKey);
                    write(entry.getValue(), depth + 1);
                }
                close(map.isEmpty(), depth, "}");
            }
            case String text -> string(text);
            default -> out.append(plain(value));
        }
    }

    private Map<?, ?> entries(Map<?, ?> map) {
        if (!sorted) {
            return map;
        }
        Map<Object, Object> entries = new TreeMap<>(Values::order);
        entries.putAll(map);
        return entries;
    }

    private void next(boolean first, int depth) {
        out.append(first ? "" : between);
        line(depth);
    }

    private void close(boolean empty, int depth, String bracket) {
        if (!empty) {
            line(depth);
        }
        out.append(bracket);
    }

    private void line(int depth) {
        if (indention instanceof String indent) {
            out.append("\n").repeat(indent, depth);
        }
    }

    private static String plain(Object value) {
        return switch (value) {
            case Constant.NONE -> "null";
            case Boolean truth -> truth.toString();
            case Long number -> number.toString();
            case Integer number -> number.toString();
            case Double number when Double.isNaN(number) -> "NaN";
            case Double number when Double.isInfinite(number) -> number > 0 ? "Infinity" : "-Infinity";
            case Double number -> Numbers.text(number);
            default -> throw new JinjaException("writes something as JSON that is not defined or has no such form");
        };
    }

    private void string(String text) {
        out.append("\"");
        for (char character : text.toCharArray()) {
            switch (character) {
                case '"', '\\' -> out.append("\\" + character);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    boolean escaped = character < ' ' || (ascii && character > '~');
                    out.append(escaped ? String.format("\\u%04x", (int) character) : String.valueOf(character));
                }
            }
        }
        out.append("\"");
    }
}
