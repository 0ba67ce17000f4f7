package org.llmmerging.eval.task;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.JsonProblem;

/** The objects of a JSON text, read one at a time: one to a line, or an array of them. Not thread-safe. */
public final class JsonItems implements Closeable {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxStringLength(CsvFile.LARGEST_ROW).build())
            .build())
            // A number may be a text to write, 0.0005 or 1.10, that a float64 would spell in another way.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final JsonParser parser;
    private final int linesBefore;
    private final ProblemListener problems;
    private boolean started;
    private boolean array;
    private int number;
    /** Of the value that is being read; 0 between values. */
    private int line;
    /** That the last object ends on; 0 before the first. */
    private int endOfLast;

    /** Reads a file from its beginning; closing this closes the text. */
    public JsonItems(Reader text, ProblemListener problems) throws IOException {
        this(text, 1, 0, problems);
    }

    /**
     * Reads the rest of a file.
     *
     * @param number of the first object of the text, from 1
     * @param linesBefore lines of the file in front of the text
     */
    JsonItems(Reader text, int number, int linesBefore, ProblemListener problems) throws IOException {
        this.parser = MAPPER.createParser(text);
        this.number = number;
        this.linesBefore = linesBefore;
        this.problems = problems;
    }

    /**
     * The next object, or null after the last. What is no object, and text behind the array, is reported.
     *
     * @throws JsonProcessingException when the text is no JSON; nothing can be read after that
     */
    public @Nullable JsonItem next() throws IOException {
        for (JsonToken token = token(); token != null && token != JsonToken.END_ARRAY; token = token()) {
            line = linesBefore + parser.currentTokenLocation().getLineNr();
            JsonNode value = MAPPER.readTree(parser);
            JsonItem item = new JsonItem(where(line), number, value);
            number++;
            if (value.isObject()) {
                endOfLast = linesBefore + parser.currentLocation().getLineNr();
                return item;
            }
            problems.addRow(item.where(), "this is not a JSON object; write {…} with a key for each column");
        }
        if (array && parser.nextToken() != null) {
            problems.add("line " + (linesBefore + parser.currentTokenLocation().getLineNr())
                    + ": text follows the array; remove it");
        }
        return null;
    }

    private @Nullable JsonToken token() throws IOException {
        line = 0;
        JsonToken token = parser.nextToken();
        if (started) {
            return token;
        }
        started = true;
        array = token == JsonToken.START_ARRAY;
        return array ? parser.nextToken() : token;
    }

    /** Whether the text is an array, so that no line of it can be read by itself. */
    boolean isArray() {
        return array;
    }

    /** The number that the object has, or would have, at which reading ended. */
    int number() {
        return number;
    }

    /** The line of the file that a broken object begins on. */
    int lineOf(JsonProcessingException broken) {
        return line > 0 ? line : linesBefore + (broken.getLocation() == null ? 1 : broken.getLocation().getLineNr());
    }

    /** Whether what is broken is no object of its own, but follows the last one on its line, as a comma would. */
    boolean isBehindObject(int brokenLine) {
        return line == 0 && brokenLine == endOfLast;
    }

    /** What is wrong with a text that is no JSON, without where, and the remedy. */
    public String describe(JsonProcessingException broken) {
        return JsonProblem.of(broken)
                + (array ? "; write an array of JSON objects, whole" : "; write one JSON object to a line");
    }

    /** How a message points at the object that begins on a line. */
    String where(int begin) {
        return "row " + number + " (line " + begin + ")";
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
