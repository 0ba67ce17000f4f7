package org.llmmerging.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A token that is found in the text before the tokenizer's model sees it, with the switches that {@code tokenizer.json}
 * has for it. Immutable.
 *
 * @param content the text
 * @param singleWord whether it is found only where it stands alone as a word
 * @param leftStrip whether white space before it goes with it
 * @param rightStrip whether white space after it goes with it
 * @param normalized whether it is looked for in the normalized text
 * @param special whether decoding may leave it out
 */
public record AddedToken(
        String content, boolean singleWord, boolean leftStrip, boolean rightStrip, boolean normalized,
        boolean special) {

    /**
     * A token of which nothing but its text is known: it is found wherever the text has it. In the normalized text a
     * tokenizer that marks spaces, as those of Llama 2 and Mistral do, would find it only behind one.
     */
    public static AddedToken of(String content) {
        return new AddedToken(content, false, false, false, false, false);
    }

    /** The element of {@code added_tokens}. */
    static AddedToken read(JsonNode node) {
        return new AddedToken(
                node.path("content").asText(),
                node.path("single_word").asBoolean(),
                node.path("lstrip").asBoolean(),
                node.path("rstrip").asBoolean(),
                node.path("normalized").asBoolean(),
                node.path("special").asBoolean());
    }

    /** Writes all but the id into an element of {@code added_tokens}. */
    public void write(ObjectNode node) {
        node.put("content", content)
                .put("single_word", singleWord)
                .put("lstrip", leftStrip)
                .put("rstrip", rightStrip)
                .put("normalized", normalized)
                .put("special", special);
    }
}
