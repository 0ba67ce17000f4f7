package org.llmmerging.eval.train.dam.data;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of a data file.
 *
 * @param where how a message points at it, such as {@code row 3 (line 9)}
 * @param cells each column's value, a {@code String} or a {@code List<String>}; null where the row has none
 */
record SourceRow(String where, Map<String, @Nullable Object> cells) {

    /** The text of a column; null where there is none. */
    @Nullable
    String text(String column) {
        return cells.get(column) instanceof String text ? text : null;
    }

    /** The list of texts in a column; null where there is none. */
    @Nullable
    List<?> list(String column) {
        return cells.get(column) instanceof List<?> list ? list : null;
    }
}
