package org.llmmerging.eval.train.dam.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.task.DatasetException;
import org.llmmerging.eval.task.JsonItem;
import org.llmmerging.eval.task.JsonItems;

/** The objects of a JSON file: one to a line, or an array of them. */
final class JsonSource {
    private JsonSource() {}

    static void read(Path file, Consumer<SourceRow> rows) throws IOException {
        FirstProblem problems = new FirstProblem(file);
        try (JsonItems items = new JsonItems(SourceText.open(file), problems)) {
            try {
                for (JsonItem item = items.next(); item != null; item = items.next()) {
                    rows.accept(row(item));
                }
            } catch (JsonProcessingException e) {
                String where = e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
                throw new DatasetException(file, where + items.describe(e), e);
            }
        }
    }

    private static SourceRow row(JsonItem item) {
        Map<String, @Nullable Object> cells = new LinkedHashMap<>();
        item.value().properties().forEach(entry -> cells.put(entry.getKey(), cell(entry.getValue())));
        return new SourceRow(item.where(), cells);
    }

    private static @Nullable Object cell(JsonNode value) {
        if (value.isArray()) {
            List<@Nullable Object> elements = new ArrayList<>();
            value.forEach(element -> elements.add(cell(element)));
            return SourceRow.listOf(elements);
        }
        if (value.isNull()) {
            return null;
        }
        if (!value.isTextual() && !value.isNumber()) {
            return new SourceRow.Unreadable(type(value));
        }
        String text = JsonItem.asText(value);
        return text == null ? new SourceRow.Unreadable("half of a surrogate pair") : text;
    }

    private static String type(JsonNode value) {
        return value.getNodeType().name().toLowerCase(Locale.ROOT);
    }
}
