package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The ids of special tokens in settings such as config.json, when the output numbers its tokens differently. */
final class TokenIds {
    private static final String TOKEN_ID = "_token_id";
    private static final String TEXT = "text_config";

    private TokenIds() {}

    /**
     * Changes {@code bos_token_id} and its like, single ids and lists, those in {@code text_config} too; a token that
     * is gone becomes null.
     */
    static void renumber(ObjectNode settings, Map<Integer, Integer> newIds) {
        List<String> keys = new ArrayList<>();
        settings.fieldNames().forEachRemaining(keys::add);
        for (String key : keys) {
            JsonNode old = settings.path(key);
            if (key.equals(TEXT) && old instanceof ObjectNode text) {
                renumber(text, newIds);
            }
            if (!key.endsWith(TOKEN_ID)) {
                continue;
            }
            if (old instanceof ArrayNode list) {
                ArrayNode renumbered = settings.putArray(key);
                for (JsonNode id : list) {
                    int newId = newId(id, newIds);
                    if (newId >= 0) {
                        renumbered.add(newId);
                    }
                }
            } else if (old.isInt() && old.intValue() >= 0) {
                int newId = newId(old, newIds);
                settings.put(key, newId < 0 ? null : Integer.valueOf(newId));
            }
        }
    }

    private static int newId(JsonNode id, Map<Integer, Integer> newIds) {
        return newIds.getOrDefault(id.intValue(), id.intValue());
    }
}
