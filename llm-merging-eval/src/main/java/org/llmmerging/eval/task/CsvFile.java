package org.llmmerging.eval.task;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.llmmerging.config.Quoting;

/** Reads CSV with a header (RFC 4180) row by row, holding no more than one. */
public final class CsvFile {
    /** Characters. An open quote takes in what follows, and what it may take in must fit into a small heap. */
    static final int LARGEST_ROW = 1 << 26;

    private CsvFile() {}

    /**
     * One row under the header.
     *
     * @param where how a message points at it
     * @param cells as many as the header has
     */
    public record Row(String where, List<String> cells) {}

    /**
     * Reads a file to its end, and closes it. Columns of the same name, and rows of another width than the header, are
     * reported; the latter are left out.
     *
     * @param file is named in errors
     * @param header receives the names of the columns, before any row
     * @throws DatasetException when the text is no CSV, or has no header
     * @throws IOException when the text cannot be read
     */
    public static void read(
            Path file, Reader text, ProblemListener problems, Consumer<List<String>> header, Consumer<Row> rows)
            throws IOException {
        try (CsvReader<CsvRecord> reader = CsvReader.builder()
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .maxBufferSize(LARGEST_ROW)
                .build(CsvRecordHandler.of(limits -> limits.maxFieldSize(LARGEST_ROW).maxRecordSize(LARGEST_ROW)),
                        text)) {
            Iterator<CsvRecord> records = reader.iterator();
            if (!records.hasNext()) {
                throw new DatasetException(file, "the file is empty; it needs a header and rows");
            }
            List<String> columns = records.next().getFields();
            checkDifferent(columns, problems);
            header.accept(columns);
            for (int number = 1; records.hasNext(); number++) {
                CsvRecord record = records.next();
                Row row = new Row(
                        "row " + number + " (line " + record.getStartingLineNumber() + ")", record.getFields());
                if (row.cells().size() == columns.size()) {
                    rows.accept(row);
                } else {
                    problems.addRow(row.where(), row.cells().size() + " cells under a header of " + columns.size()
                            + "; put cells that hold commas or line breaks in double quotes");
                }
            }
        } catch (CsvParseException e) {
            throw new DatasetException(file, malformed(e), e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void checkDifferent(List<String> columns, ProblemListener problems) {
        Set<String> names = new HashSet<>();
        for (String column : columns) {
            if (!names.add(column)) {
                problems.add(
                        "line 1: two columns have the name '" + Quoting.shortened(column) + "'; rename or remove one");
            }
        }
    }

    private static String malformed(CsvParseException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        String message = String.valueOf(cause.getMessage());
        boolean tooLarge = message.contains(Integer.toString(LARGEST_ROW));
        return message + "; close every double quote, "
                + (tooLarge ? "or shorten the cells of this row" : "and double those inside a quoted cell");
    }
}
