package org.llmmerging.eval.train.dam.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.FileProblem;
import org.llmmerging.config.JsonProblem;
import org.llmmerging.eval.task.DatasetException;

/** The objects of a JSON file: one to a line, or an array of them. */
final class JsonSource {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private JsonSource() {}

    static void read(Path file, Consumer<SourceRow> rows) {
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
                JsonParser parser = MAPPER.createParser(bytes)) {
            boolean array = parser.nextToken() == JsonToken.START_ARRAY;
            JsonToken token = array ? parser.nextToken() : parser.currentToken();
            for (int number = 1; token != null && token != JsonToken.END_ARRAY; number++) {
                String where = "row " + number + " (line " + parser.currentTokenLocation().getLineNr() + ")";
                JsonNode node = MAPPER.readTree(parser);
                if (!node.isObject()) {
                    throw new DatasetException(
                            file, where + ": this is not a JSON object; write {\"instruction\": …, \"output\": …}");
                }
                rows.accept(row(where, node));
                token = parser.nextToken();
            }
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
            throw new DatasetException(
                    file, where + JsonProblem.of(e) + "; write one JSON object to a line", e);
        } catch (IOException e) {
            throw new DatasetException(file,
                    "the file cannot be read (" + FileProblem.of(e) + "); check that it is UTF-8 text", e);
        }
    }

    private static SourceRow row(String where, JsonNode object) {
        Map<String, @Nullable Object> cells = new LinkedHashMap<>();
        object.properties().forEach(entry -> cells.put(entry.getKey(), cell(entry.getValue())));
        return new SourceRow(where, cells);
    }

    private static @Nullable Object cell(JsonNode value) {
        if (value.isArray()) {
            List<String> texts = new ArrayList<>();
            value.forEach(element -> texts.add(element.asText()));
            return texts;
        }
        return value.isTextual() || value.isNumber() ? value.asText() : null;
    }
}
