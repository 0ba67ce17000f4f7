package org.llmmerging.eval.train.dam.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.task.DatasetException;

/** The rows of a CSV file in UTF-8 with a header (RFC 4180). */
final class CsvSource {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private CsvSource() {}

    static void read(Path file, Consumer<SourceRow> rows) {
        try (CsvReader<CsvRecord> reader = CsvReader.builder()
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .ofCsvRecord(text(file))) {
            List<String> header = null;
            int number = 0;
            for (CsvRecord record : reader) {
                if (header == null) {
                    header = header(file, record);
                } else {
                    number++;
                    rows.accept(row(file, header, number, record));
                }
            }
            if (header == null) {
                throw new DatasetException(file, "the file is empty; it needs a header and rows");
            }
        } catch (CsvParseException | UncheckedIOException | IOException e) {
            throw malformed(file, e);
        }
    }

    /** The file's text from behind a byte-order mark, bytes that are not UTF-8 refused. */
    private static BufferedReader text(Path file) throws IOException {
        BufferedReader text = new BufferedReader(new InputStreamReader(
                Files.newInputStream(file),
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
        text.mark(1);
        if (text.read() != BYTE_ORDER_MARK) {
            text.reset();
        }
        return text;
    }

    private static List<String> header(Path file, CsvRecord record) {
        List<String> names = record.getFields();
        if (new HashSet<>(names).size() < names.size()) {
            throw new DatasetException(file, "line 1: two columns have the same name; rename or remove one");
        }
        return names;
    }

    private static SourceRow row(Path file, List<String> header, int number, CsvRecord record) {
        String where = "row " + number + " (line " + record.getStartingLineNumber() + ")";
        if (record.getFieldCount() != header.size()) {
            throw new DatasetException(file, where + ": " + record.getFieldCount() + " cells under a header of "
                    + header.size() + "; put cells that hold commas or line breaks in double quotes");
        }
        Map<String, @Nullable Object> cells = new LinkedHashMap<>();
        for (int i = 0; i < header.size(); i++) {
            cells.put(header.get(i), record.getField(i));
        }
        return new SourceRow(where, cells);
    }

    private static DatasetException malformed(Path file, Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CharacterCodingException) {
                return new DatasetException(file, "this is not UTF-8; save the file as UTF-8", e);
            }
        }
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return new DatasetException(file, "this is no CSV file: " + cause.getMessage()
                + "; close every double quote, and double those inside a quoted cell", e);
    }
}
