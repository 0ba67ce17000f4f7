package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The ids of tokens in settings such as config.json, when the output numbers its tokens differently.
 *
 * @param tokens number of tokens of the model that the settings are of; an id from there on is a row without a token,
 *     such as one that was trained as padding, and the output lacks it
 * @param changed ids that are others in the output; −1 for a token that the output lacks
 */
record TokenIds(int tokens, Map<Integer, Integer> changed) {
    /** Of an output whose tokens are those of the model. */
    static final TokenIds UNCHANGED = new TokenIds(Integer.MAX_VALUE, Map.of());

    private static final Pattern IDS = Pattern.compile(".*_token_(id|index)|(begin_)?suppress_tokens");
    /** Lists of sequences of ids, or of lists of such sequences. */
    private static final Set<String> SEQUENCES = Set.of("bad_words_ids", "force_words_ids");
    /** Pairs of a sequence and what is added to its score. */
    private static final String BIAS = "sequence_bias";
    /** Pairs of a position in the text and the id there. */
    private static final String FORCED = "forced_decoder_ids";
    /** Whisper's ids by what they stand for. */
    private static final Set<String> NAMED = Set.of("lang_to_id", "task_to_id");
    /** Further settings by the name of a task. */
    private static final String TASKS = "task_specific_params";

    TokenIds {
        changed = Map.copyOf(changed);
    }

    /**
     * Changes {@code bos_token_id} and its like, single ids and lists, and what else names tokens by their ids, such as
     * {@code suppress_tokens} and {@code bad_words_ids}; in {@code text_config} and {@code task_specific_params} too. A
     * token that is gone becomes null; from a list it is removed, with the sequence or pair that it is part of, and from
     * an object with its name. A list of nothing else becomes null.
     */
    void renumber(ObjectNode settings) {
        List<String> keys = new ArrayList<>();
        settings.fieldNames().forEachRemaining(keys::add);
        for (String key : keys) {
            JsonNode old = settings.path(key);
            if (key.equals(ConfigChanges.TEXT) && old instanceof ObjectNode text) {
                renumber(text);
            } else if (key.equals(TASKS) && old instanceof ObjectNode tasks) {
                tasks.forEach(task -> {
                    if (task instanceof ObjectNode ofTask) {
                        renumber(ofTask);
                    }
                });
            } else {
                settings.set(key, renumbered(key, old).orElse(NullNode.getInstance()));
            }
        }
    }

    private Optional<JsonNode> renumbered(String key, JsonNode old) {
        if (IDS.matcher(key).matches()) {
            return old instanceof ArrayNode list ? present(list, this::id) : id(old);
        }
        if (SEQUENCES.contains(key)) {
            return old instanceof ArrayNode list ? present(list, this::sequence) : Optional.of(old);
        }
        if (key.equals(BIAS) && old instanceof ArrayNode list) {
            return present(list, pair -> part(pair, 0, this::sequence));
        }
        if (key.equals(FORCED) && old instanceof ArrayNode list) {
            return present(list, pair -> part(pair, 1, this::id));
        }
        if (NAMED.contains(key) && old instanceof ObjectNode named) {
            ObjectNode kept = JsonNodeFactory.instance.objectNode();
            named.properties().forEach(entry -> id(entry.getValue()).ifPresent(id -> kept.set(entry.getKey(), id)));
            return Optional.of(kept);
        }
        return Optional.of(old);
    }

    /** What is no id, such as null, stays as it is. */
    private Optional<JsonNode> id(JsonNode id) {
        if (!id.isInt() || id.intValue() < 0) {
            return Optional.of(id);
        }
        int newId = id.intValue() < tokens ? changed.getOrDefault(id.intValue(), id.intValue()) : -1;
        return newId < 0 ? Optional.empty() : Optional.of(IntNode.valueOf(newId));
    }

    private Optional<JsonNode> sequence(JsonNode sequence) {
        if (!(sequence instanceof ArrayNode list)) {
            return Optional.of(sequence);
        }
        if (list.path(0).isArray()) {
            return present(list, this::sequence);
        }
        Optional<JsonNode> ids = present(list, this::id);
        return ids.filter(kept -> kept.size() == list.size());
    }

    private static Optional<JsonNode> part(
            JsonNode pair, int index, Function<JsonNode, Optional<JsonNode>> change) {
        if (!(pair instanceof ArrayNode parts) || parts.size() <= index) {
            return Optional.of(pair);
        }
        ArrayNode changed = parts.deepCopy();
        Optional<JsonNode> part = change.apply(parts.get(index));
        part.ifPresent(there -> changed.set(index, there));
        return part.map(there -> changed);
    }

    /** The elements that there are in the output; nothing when there were some, and none is left. */
    private static Optional<JsonNode> present(ArrayNode list, Function<JsonNode, Optional<JsonNode>> change) {
        ArrayNode kept = JsonNodeFactory.instance.arrayNode();
        list.forEach(element -> change.apply(element).ifPresent(kept::add));
        return kept.isEmpty() && !list.isEmpty() ? Optional.empty() : Optional.of(kept);
    }
}
