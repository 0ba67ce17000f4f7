package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The ids of special tokens in settings such as config.json, when the output numbers its tokens differently.
 *
 * @param tokens number of tokens of the model that the settings are of; an id from there on is a row without a token,
 *     such as one that was trained as padding, and the output lacks it
 * @param changed ids that are others in the output; −1 for a token that the output lacks
 */
record TokenIds(int tokens, Map<Integer, Integer> changed) {
    /** Of an output whose tokens are those of the model. */
    static final TokenIds UNCHANGED = new TokenIds(Integer.MAX_VALUE, Map.of());

    private static final String TOKEN_ID = "_token_id";
    private static final String TEXT = "text_config";

    TokenIds {
        changed = Map.copyOf(changed);
    }

    /**
     * Changes {@code bos_token_id} and its like, single ids and lists, those in {@code text_config} too; a token that
     * is gone becomes null.
     */
    void renumber(ObjectNode settings) {
        List<String> keys = new ArrayList<>();
        settings.fieldNames().forEachRemaining(keys::add);
        for (String key : keys) {
            JsonNode old = settings.path(key);
            if (key.equals(TEXT) && old instanceof ObjectNode text) {
                renumber(text);
            }
            if (!key.endsWith(TOKEN_ID)) {
                continue;
            }
            if (old instanceof ArrayNode list) {
                ArrayNode renumbered = settings.putArray(key);
                for (JsonNode id : list) {
                    int newId = newId(id);
                    if (newId >= 0) {
                        renumbered.add(newId);
                    }
                }
            } else if (old.isInt() && old.intValue() >= 0) {
                int newId = newId(old);
                settings.put(key, newId < 0 ? null : Integer.valueOf(newId));
            }
        }
    }

    private int newId(JsonNode id) {
        return id.intValue() < tokens ? changed.getOrDefault(id.intValue(), id.intValue()) : -1;
    }
}
