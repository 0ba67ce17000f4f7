package org.llmmerging.eval.task;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.Quoting;

/**
 * An object of a JSON file.
 *
 * @param where how a message points at it
 * @param number 1 for the first
 */
public record JsonItem(String where, int number, JsonNode value) {
    private static final int LONGEST_PLAIN = 1000;

    /**
     * The value of a key as {@link #asText} gives it, or null when it is absent, null, neither text nor a number, or no
     * text that UTF-8 can hold.
     *
     * @param problems receives the last two of these
     */
    @Nullable
    String text(String key, Consumer<String> problems) {
        JsonNode node = value.path(key);
        if (node.isTextual() || node.isNumber()) {
            String text = asText(node);
            if (text == null) {
                problems.accept("column " + key
                        + ": half of a surrogate pair is no character; write the character whole");
            }
            return text;
        }
        if (!node.isMissingNode() && !node.isNull()) {
            problems.accept("column " + key + ": this is neither text nor a number: "
                    + Quoting.shortened(node.toString()) + "; write it in double quotes, or leave it out");
        }
        return null;
    }

    /**
     * A text, or a number as it would be written by hand: with the digits that the file gives, and no exponent unless
     * it has a thousand digits without. Null for a text with half of a surrogate pair, which UTF-8 cannot hold.
     */
    public static @Nullable String asText(JsonNode node) {
        if (node.isBigDecimal() && Math.abs((long) node.decimalValue().scale()) < LONGEST_PLAIN) {
            return node.decimalValue().toPlainString();
        }
        String text = node.asText();
        return TextFile.isWellFormed(text) ? text : null;
    }
}
