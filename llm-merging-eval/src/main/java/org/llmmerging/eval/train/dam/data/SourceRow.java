package org.llmmerging.eval.train.dam.data;

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
            case Unreadable(String type) -> throw otherType(column, type);
            default -> throw otherType(column, "list");
        };
    }

    private static IllegalArgumentException otherType(String column, String type) {
        return new IllegalArgumentException("column " + column + " is of type " + type + ", not text or a number");
    }

    /** The list of texts in a column; null where there is none. */
    @Nullable
    List<?> list(String column) {
        return cells.get(column) instanceof List<?> list ? list : null;
    }
}
