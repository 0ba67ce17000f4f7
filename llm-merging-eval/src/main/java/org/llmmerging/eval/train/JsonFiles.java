package org.llmmerging.eval.train;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.config.JsonProblem;

/** JSON files laid out the same on every platform: two spaces, line feeds, UTF-8. */
public final class JsonFiles {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private JsonFiles() {}

    /** An empty object, which keeps the order its keys are put in. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** @throws UncheckedIOException when the file cannot be written */
    public static void write(Path file, JsonNode content) {
        try {
            Files.writeString(file, MAPPER.writer(printer()).writeValueAsString(content) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a JSON object.
     *
     * @param remedy what to do when the file is no JSON object, without a full stop
     * @throws CheckpointException when it cannot be read or is none
     */
    public static JsonNode read(Path file, String remedy) {
        try {
            JsonNode json = MAPPER.readTree(Files.readAllBytes(file));
            if (json.isObject()) {
                return json;
            }
            throw new CheckpointException(file, "is no JSON object. " + remedy);
        } catch (JacksonException e) {
            throw new CheckpointException(file, "is not JSON (" + JsonProblem.of(e) + "). " + remedy, e);
        } catch (IOException e) {
            throw new CheckpointException(file, "cannot be read (" + e.getMessage() + "). " + remedy, e);
        }
    }

    /** Maps, lists, texts, numbers and truth values as JSON reads them back. */
    public static JsonNode tree(Object value) {
        try {
            return MAPPER.readTree(MAPPER.writeValueAsBytes(value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DefaultPrettyPrinter printer() {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        Separators separators = Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator("");
        return new DefaultPrettyPrinter(separators).withObjectIndenter(indenter).withArrayIndenter(indenter);
    }
}
