package org.llmmerging.eval.task;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An object of a JSON file.
 *
 * @param where how a message points at it
 * @param number 1 for the first
 */
public record JsonItem(String where, int number, JsonNode value) {

    /**
     * The value of a key as text, or null when it is absent, null or neither text nor a number.
     *
     * @param problems receives the last of these
     */
    @Nullable
    String text(String key, Consumer<String> problems) {
        JsonNode node = value.path(key);
        if (node.isTextual() || node.isNumber()) {
            return node.asText();
        }
        if (!node.isMissingNode() && !node.isNull()) {
            problems.accept("column " + key + ": this is neither text nor a number: "
                    + RowChecker.shorten(node.toString()) + "; write it in double quotes, or leave it out");
        }
        return null;
    }
}
