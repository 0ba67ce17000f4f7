package org.llmmerging.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.llmmerging.config.JsonProblem;

/** The JSON files of a tokenizer: read strictly, so that a token named twice is not lost, and written readably. */
final class TokenizerJson {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(200).build())
            .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private TokenizerJson() {}

    /**
     * Reads an object.
     *
     * @throws Malformed when the file is something else, with what
     */
    static ObjectNode read(Path file) throws Malformed {
        try {
            JsonNode root = MAPPER.readTree(Files.readAllBytes(file));
            if (root instanceof ObjectNode object) {
                return object;
            }
            throw new Malformed("is not a JSON object");
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw new Malformed("is not valid JSON: " + JsonProblem.of(e) + where);
        } catch (IOException e) {
            throw new Malformed("cannot be read: " + e.getMessage());
        }
    }

    static ObjectNode empty() {
        return MAPPER.createObjectNode();
    }

    static void write(Path file, JsonNode content) throws IOException {
        Files.writeString(file, MAPPER.writeValueAsString(content) + "\n");
    }

    /** What is wrong with a file, without its name. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }

        /** The message, which there always is. */
        String reason() {
            return String.valueOf(getMessage());
        }
    }
}
