package org.llmmerging.eval.train.dam.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.task.CsvFile;

/** The rows of a CSV file in UTF-8 with a header (RFC 4180). */
final class CsvSource {
    private CsvSource() {}

    static void read(Path file, Consumer<SourceRow> rows) throws IOException {
        List<String> header = new ArrayList<>();
        CsvFile.read(file, SourceText.open(file), new FirstProblem(file), header::addAll,
                row -> rows.accept(row(header, row)));
    }

    private static SourceRow row(List<String> header, CsvFile.Row row) {
        Map<String, @Nullable Object> cells = new LinkedHashMap<>();
        for (int i = 0; i < header.size(); i++) {
            cells.put(header.get(i), row.cells().get(i));
        }
        return new SourceRow(row.where(), cells);
    }
}
