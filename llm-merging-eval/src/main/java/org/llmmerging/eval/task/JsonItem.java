package org.llmmerging.eval.task;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * An object of a JSON file.
 *
 * @param where how a message points at it
 * @param number 1 for the first
 */
public record JsonItem(String where, int number, JsonNode value) {

    /** The value of a key as text, or null when it is absent, null or neither text nor a number. */
    @Nullable
    String text(String key) {
        JsonNode node = value.path(key);
        return node.isTextual() || node.isNumber() ? node.asText() : null;
    }
}
