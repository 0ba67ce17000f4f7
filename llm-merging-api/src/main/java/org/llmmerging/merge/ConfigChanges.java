package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** What is different in the output's {@code config.json}, under the keys that the model's own file uses. */
final class ConfigChanges {
    private static final String DECODER_LAYERS = "num_decoder_layers";
    private static final String VOCABULARY = "vocab_size";
    private static final Map<String, List<String>> LAYER_KEYS = Map.of(
            ModulePlanner.DEFAULT, List.of("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
            "encoder", List.of("encoder_layers", "num_layers", "num_hidden_layers"),
            "decoder", List.of("decoder_layers", DECODER_LAYERS));

    private final JsonNode config;
    private final Map<String, Object> changes = new TreeMap<>();

    /** @param config the model's own file */
    ConfigChanges(JsonNode config) {
        this.config = config;
    }

    /** Sets the number of layers of modules; see {@link ModulePlanner#slicedLayers()}. */
    ConfigChanges layers(Map<String, Integer> byModule) {
        byModule.forEach((module, layers) -> {
            List<String> keys = LAYER_KEYS.getOrDefault(module, List.of());
            keys.stream()
                    .filter(config::has)
                    .findFirst()
                    .or(() -> keys.stream().reduce((earlier, later) -> later))
                    .ifPresent(key -> changes.put(module.equals(ModulePlanner.DEFAULT) && !config.has(key)
                            ? "num_hidden_layers"
                            : key, layers));
        });
        // T5 leaves the decoder's number out when it is the encoder's.
        boolean implied = changes.containsKey("num_layers") && byModule.containsKey("encoder");
        if (implied && !changes.containsKey(DECODER_LAYERS) && !config.has(DECODER_LAYERS)) {
            changes.put(DECODER_LAYERS, config.path("num_layers").asInt());
        }
        return this;
    }

    /** Sets the number of tokens, when there is one. */
    ConfigChanges vocabulary(OptionalLong rows) {
        boolean nested = !config.has(VOCABULARY) && config.path("text_config").has(VOCABULARY);
        rows.ifPresent(count -> {
            if (nested) {
                ObjectNode text = config.path("text_config").deepCopy();
                changes.put("text_config", text.put(VOCABULARY, count));
            } else {
                changes.put(VOCABULARY, count);
            }
        });
        return this;
    }

    /** The new values by key. */
    Map<String, Object> byKey() {
        return Map.copyOf(changes);
    }
}
