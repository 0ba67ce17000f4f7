package org.llmmerging.eval.train.dam.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of a data file.
 *
 * @param where how a message points at it, such as {@code row 3 (line 9)}
 * @param cells each column's value, a {@code String}, a {@code List<String>}, or {@link Unreadable}; null where the row
 *     has none
 */
record SourceRow(String where, Map<String, @Nullable Object> cells) {

    /** A value that is neither text nor a number, nor a list of them. */
    record Unreadable(String type) {}

    /** The value of a list with these values, the empty text where there is none. */
    static Object listOf(List<@Nullable Object> elements) {
        List<String> texts = new ArrayList<>();
        for (Object element : elements) {
            switch (element) {
                case null -> texts.add("");
                case String text -> texts.add(text);
                case Unreadable(String type) -> {
                    return new Unreadable("list of " + type);
                }
                default -> {
                    return new Unreadable("list of list");
                }
            }
        }
        return texts;
    }

    /**
     * The text of a column; null where there is none.
     *
     * @throws IllegalArgumentException when it has a value of another type
     */
    @Nullable
    String text(String column) {
        return switch (cells.get(column)) {
            case null -> null;
            case String text -> text;
            case Unreadable(String type) -> throw otherType(column, type, "text or a number");
            default -> throw otherType(column, "list", "text or a number");
        };
    }

    /**
     * The list of texts in a column; null where there is none, or text that may stand for one.
     *
     * @throws IllegalArgumentException when it has a value of another type
     */
    @Nullable
    List<?> list(String column) {
        return switch (cells.get(column)) {
            case List<?> list -> list;
            case Unreadable(String type) -> throw otherType(column, type, "a list of texts or numbers");
            case null, default -> null;
        };
    }

    private static IllegalArgumentException otherType(String column, String type, String expected) {
        return new IllegalArgumentException("column " + column + " is of type " + type + ", not " + expected);
    }
}
