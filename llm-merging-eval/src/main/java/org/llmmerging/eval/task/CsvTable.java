package org.llmmerging.eval.task;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A CSV file with a header (RFC 4180), its rows as wide as the header. */
final class CsvTable {
    private final Map<String, Integer> columns = new LinkedHashMap<>();
    private final List<CsvFile.Row> rows = new ArrayList<>();

    private CsvTable() {}

    /**
     * Reads the table. Rows of another width than the header are left out and reported.
     *
     * @throws DatasetException when the text is no CSV, or has no header
     */
    static CsvTable read(TextFile file, RowProblems problems) {
        CsvTable table = new CsvTable();
        try {
            CsvFile.read(file.path(), new StringReader(file.text()), problems, table::name, table.rows::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return table;
    }

    private void name(List<String> header) {
        for (int i = 0; i < header.size(); i++) {
            columns.putIfAbsent(header.get(i), i);
        }
    }

    Set<String> columns() {
        return columns.keySet();
    }

    List<CsvFile.Row> rows() {
        return rows;
    }

    /** The cell of a row in a column, or null when the table has no such column. */
    @Nullable
    String cell(CsvFile.Row row, String column) {
        Integer index = columns.get(column);
        return index == null ? null : row.cells().get(index);
    }
}
