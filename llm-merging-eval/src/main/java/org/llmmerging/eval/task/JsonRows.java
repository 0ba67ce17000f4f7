package org.llmmerging.eval.task;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.JsonProblem;

/**
 * The JSON forms: one object to a line, or an array of objects, with the keys of the CSV form. The kit's older form has
 * no {@code id} (rows count from 0), no {@code eval_type} (a row with {@code answer_choices} is multiple choice) and,
 * for multiple choice, the index of the right answer in {@code label}, which wins over {@code target}.
 */
final class JsonRows {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private JsonRows() {}

    /**
     * An object of the file.
     *
     * @param number 1 for the first
     * @param line line of the file that it begins on
     */
    record Item(int number, int line, JsonNode value) {

        /** How a message points at this object. */
        String where() {
            return "row " + number + " (line " + line + ")";
        }

        /** The value of a key as text, or null when it is absent, null or neither text nor a number. */
        @Nullable
        String text(String key) {
            JsonNode node = value.path(key);
            return node.isTextual() || node.isNumber() ? node.asText() : null;
        }
    }

    static List<RawRow> read(TextFile file, Problems problems) {
        List<RawRow> rows = new ArrayList<>();
        for (Item item : items(file, problems)) {
            List<String> wrong = new ArrayList<>();
            Columns.check(
                    keys(item.value()),
                    List.of(Columns.INPUT),
                    List.of(Columns.TARGET, Columns.CHOICES, Columns.EVAL_TYPE, Columns.LABEL),
                    wrong::add);
            wrong.forEach(problem -> problems.addRow(item.where(), problem));
            if (wrong.isEmpty()) {
                rows.add(row(item));
            }
        }
        return rows;
    }

    /**
     * Every object of the file; what is no object is left out and reported. After an object that is broken, reading goes
     * on with the next line that one may begin on.
     */
    static List<Item> items(TextFile file, Problems problems) {
        List<Item> items = new ArrayList<>();
        String text = file.text();
        int linesBefore = 0;
        int number = 1;
        while (!text.isEmpty()) {
            int line = 0;
            try (JsonParser parser = MAPPER.createParser(text)) {
                boolean array = parser.nextToken() == JsonToken.START_ARRAY;
                JsonToken token = array ? parser.nextToken() : parser.currentToken();
                while (token != null && token != JsonToken.END_ARRAY) {
                    line = linesBefore + parser.currentTokenLocation().getLineNr();
                    Item item = new Item(number, line, MAPPER.readTree(parser));
                    if (item.value().isObject()) {
                        items.add(item);
                    } else {
                        problems.addRow(item.where(), "this is not a JSON object; write {\"input\": …}");
                    }
                    number++;
                    line = 0;
                    token = parser.nextToken();
                }
                if (array && parser.nextToken() != null) {
                    int end = parser.currentTokenLocation().getLineNr();
                    problems.add("line " + end + ": text follows the array; remove it");
                }
                return items;
            } catch (JsonProcessingException e) {
                if (text.stripLeading().startsWith("[")) {
                    throw new DatasetException(
                            file.path(), where(e) + JsonProblem.of(e) + "; write an array of JSON objects, whole", e);
                }
                String problem = JsonProblem.of(e) + "; write one JSON object to a line";
                if (line == 0) {
                    line = linesBefore + (e.getLocation() == null ? 1 : e.getLocation().getLineNr());
                }
                problems.addRow("row " + number + " (line " + line + ")", problem);
                number++;
                String rest = text;
                do {
                    int end = rest.indexOf('\n');
                    rest = end < 0 ? "" : rest.substring(end + 1);
                    linesBefore++;
                } while (linesBefore < line || !rest.isEmpty() && !rest.startsWith("{"));
                text = rest;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return items;
    }

    private static String where(JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        return location == null
                ? ""
                : "line " + location.getLineNr() + ", column " + location.getColumnNr() + ": ";
    }

    private static RawRow row(Item item) {
        JsonNode choices = item.value().path(Columns.CHOICES);
        Supplier<List<String>> reader = choices(choices);
        String evalType = item.text(Columns.EVAL_TYPE);
        if (evalType == null) {
            evalType = reader == null ? Columns.GENERATION : Columns.MULTIPLE_CHOICE;
        }
        String label = evalType.equals(Columns.MULTIPLE_CHOICE) ? item.text(Columns.LABEL) : null;
        String id = item.value().has(Columns.ID) ? item.text(Columns.ID) : Integer.toString(item.number() - 1);
        String target = label == null ? item.text(Columns.TARGET) : label;
        return new RawRow(item.where(), id, item.text(Columns.INPUT), target, reader, evalType);
    }

    private static @Nullable Supplier<List<String>> choices(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (node.isTextual()) {
            return Choices.reader(node.asText());
        }
        return () -> strings(node);
    }

    private static List<String> strings(JsonNode node) {
        if (!node.isArray()) {
            throw new IllegalArgumentException("this is not a list");
        }
        List<String> strings = new ArrayList<>();
        for (JsonNode element : node) {
            if (!element.isTextual()) {
                throw new IllegalArgumentException("an element must be a string, not " + element);
            }
            strings.add(element.asText());
        }
        return strings;
    }

    private static Set<String> keys(JsonNode object) {
        Set<String> keys = new LinkedHashSet<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }
}
