package org.llmmerging.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.llmmerging.config.FileProblem;
import org.llmmerging.config.JsonProblem;
import org.llmmerging.config.Quoting;

/** JSON as a stream of tokens, in memory bounded by the largest string, with bytes that are not UTF-8 refused. */
final class StrictJson {
    /** Longest text read as JSON: the limit that the safetensors format sets for its header. */
    static final int MAX_BYTES = 100_000_000;

    // Names are unique in these files, so a symbol table of them would only cost memory and invite collisions.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(MAX_BYTES)
                    .maxNameLength(MAX_BYTES)
                    .maxNestingDepth(100)
                    .build())
            .build();

    private StrictJson() {}

    /** A parser over UTF-8 text. What it throws, {@link #reason} puts into words. */
    static JsonParser parser(byte[] text) throws IOException {
        return FACTORY.createParser(new InputStreamReader(
                new ByteArrayInputStream(text),
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
    }

    /** Why parsing failed, on one line. */
    static String reason(IOException failure) {
        if (failure instanceof CharacterCodingException) {
            return "is not UTF-8";
        }
        if (failure instanceof JsonProcessingException problem) {
            String message = Quoting.shortened(JsonProblem.of(problem));
            if (problem.getLocation() == null) {
                return "is not valid JSON (" + message + ")";
            }
            return "is not valid JSON (" + message + " at character " + problem.getLocation().getCharOffset() + ")";
        }
        return "cannot be read (" + FileProblem.of(failure) + ")";
    }
}
