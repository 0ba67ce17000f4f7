package org.llmmerging.eval.task;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A CSV file with a header (RFC 4180), its rows as wide as the header. */
final class CsvTable {
    private final Map<String, Integer> columns;
    private final List<Row> rows;

    private CsvTable(Map<String, Integer> columns, List<Row> rows) {
        this.columns = columns;
        this.rows = rows;
    }

    /**
     * One row under the header.
     *
     * @param number 1 for the first row under the header
     * @param line line of the file that the row begins on
     */
    record Row(int number, long line, List<String> cells) {

        /** How a message points at this row. */
        String where() {
            return "row " + number + " (line " + line + ")";
        }
    }

    /**
     * Reads the table. Rows of another width than the header are left out and reported.
     *
     * @throws DatasetException when the text is no CSV, or has no header
     */
    static CsvTable read(TextFile file, Problems problems) {
        List<CsvRecord> records = new ArrayList<>();
        try (CsvReader<CsvRecord> reader = CsvReader.builder()
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .ofCsvRecord(file.text())) {
            reader.forEach(records::add);
        } catch (CsvParseException | UncheckedIOException e) {
            throw new DatasetException(file.path(), malformed(e), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (records.isEmpty()) {
            throw new DatasetException(file.path(), "the file is empty; it needs a header and rows");
        }
        CsvRecord header = records.getFirst();
        Map<String, Integer> columns = new LinkedHashMap<>();
        for (int i = 0; i < header.getFieldCount(); i++) {
            String name = header.getField(i);
            if (columns.putIfAbsent(name, i) != null) {
                problems.add("line " + header.getStartingLineNumber() + ": two columns have the name '" + name
                        + "'; rename or remove one");
            }
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 1; i < records.size(); i++) {
            CsvRecord record = records.get(i);
            Row row = new Row(i, record.getStartingLineNumber(), record.getFields());
            if (record.getFieldCount() == header.getFieldCount()) {
                rows.add(row);
            } else {
                problems.addRow(row.where(), record.getFieldCount() + " cells under a header of "
                        + header.getFieldCount() + "; put cells that hold commas or line breaks in double quotes");
            }
        }
        return new CsvTable(columns, rows);
    }

    Set<String> columns() {
        return columns.keySet();
    }

    List<Row> rows() {
        return rows;
    }

    /** The cell of a row in a column, or null when the table has no such column. */
    @Nullable
    String cell(Row row, String column) {
        Integer index = columns.get(column);
        return index == null ? null : row.cells().get(index);
    }

    private static String malformed(RuntimeException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return cause.getMessage() + "; close every double quote, and double those inside a quoted cell";
    }
}
