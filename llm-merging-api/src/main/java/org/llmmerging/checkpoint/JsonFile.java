package org.llmmerging.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.TSFBuilder;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.FileProblem;
import org.llmmerging.config.JsonProblem;
import org.llmmerging.config.Quoting;

/**
 * The JSON files of a model folder, which hold one object each: read strictly, so that a key given twice is not lost,
 * and written the same on every platform, in the layout of Hugging Face's tools.
 */
public final class JsonFile {
    private static final JsonMapper MAPPER = strictMapper(JsonFactory.builder()
            // Python writes Infinity as it stands, and configurations of state-space models have it.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(200).build()));

    private JsonFile() {}

    /**
     * A mapper that reads one value and nothing beside it: a second value or a key given twice is an error, for one of
     * the two would be lost.
     */
    public static JsonMapper strictMapper() {
        return strictMapper(JsonFactory.builder());
    }

    private static JsonMapper strictMapper(TSFBuilder<?, ?> factory) {
        return JsonMapper.builder(factory.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    /** An empty object, which keeps the order its keys are put in. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Maps, lists, texts, numbers and truth values as JSON reads them back. */
    public static JsonNode tree(Object value) {
        try {
            return MAPPER.readTree(MAPPER.writeValueAsBytes(value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads an object.
     *
     * @param remedy what to do when the file is something else, without a full stop
     * @throws CheckpointException when the file cannot be read or is something else
     */
    public static ObjectNode read(Path file, String remedy) {
        try {
            return read(file);
        } catch (Malformed malformed) {
            throw new CheckpointException(file, malformed.reason() + ". " + remedy, malformed);
        }
    }

    /**
     * Reads an object, for a caller who reports what is wrong in its own way.
     *
     * @throws Malformed when the file cannot be read or is something else
     */
    public static ObjectNode read(Path file) throws Malformed {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new Malformed("is not a regular file", null);
        }
        try {
            long bytes = Files.size(file);
            if (bytes > StrictJson.MAX_BYTES) {
                throw new Malformed("has " + bytes + " bytes, the most accepted is " + StrictJson.MAX_BYTES, null);
            }
            if (MAPPER.readTree(Files.readAllBytes(file)) instanceof ObjectNode object) {
                return object;
            }
            throw new Malformed("is not a JSON object", null);
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
            throw new Malformed("is not valid JSON" + where + ": " + Quoting.shortened(JsonProblem.of(e)), e);
        } catch (IOException e) {
            throw new Malformed("cannot be read: " + FileProblem.of(e), e);
        }
    }

    /** @throws OutputException when the file cannot be written */
    public static void write(Path file, JsonNode content) {
        try {
            Files.writeString(file, MAPPER.writer(printer()).writeValueAsString(content) + "\n");
        } catch (IOException failure) {
            throw OutputException.of(file, failure, 0);
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

    /** What is wrong with a file, without its name and without a remedy. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;

        private Malformed(String reason, @Nullable Throwable cause) {
            super(reason, cause);
            this.reason = reason;
        }

        /** Follows the file's name. */
        public String reason() {
            return reason;
        }
    }
}
