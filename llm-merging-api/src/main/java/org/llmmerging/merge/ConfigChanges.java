package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashMap;
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
    /** Lists with an element for each layer, as in Gemma 3, Qwen2, SmolLM3, GPT-Neo and Zamba. */
    private static final List<String> PER_LAYER = List.of(
            "layer_types", "mlp_layer_types", "no_rope_layers", "attention_layers", "layers_block_type");
    /** Lists of the layers that are special, as in Llama 4, Mllama and Qwen2-MoE. */
    private static final List<String> LISTED_LAYERS = List.of("moe_layers", "cross_attention_layers",
            "mlp_only_layers");

    private final JsonNode config;
    private final Map<String, Object> changes = new TreeMap<>();

    /** @param config the model's own file */
    ConfigChanges(JsonNode config) {
        this.config = config;
    }

    /** Sets the number of layers of modules, and what is said of each; see {@link ModulePlanner#slicedLayers()}. */
    ConfigChanges layers(Map<String, List<LayerOrigin>> byModule) {
        byModule.forEach((module, layers) -> {
            List<String> keys = LAYER_KEYS.getOrDefault(module, List.of());
            keys.stream()
                    .filter(config::has)
                    .findFirst()
                    .or(() -> keys.stream().reduce((earlier, later) -> later))
                    .ifPresent(key -> changes.put(module.equals(ModulePlanner.DEFAULT) && !config.has(key)
                            ? "num_hidden_layers"
                            : key, layers.size()));
        });
        perLayer(byModule.getOrDefault(ModulePlanner.DEFAULT, List.of()));
        // T5 leaves the decoder's number out when it is the encoder's.
        boolean implied = changes.containsKey("num_layers") && byModule.containsKey("encoder");
        if (implied && !changes.containsKey(DECODER_LAYERS) && !config.has(DECODER_LAYERS)) {
            changes.put(DECODER_LAYERS, config.path("num_layers").asInt());
        }
        return this;
    }

    private void perLayer(List<LayerOrigin> layers) {
        if (layers.isEmpty()) {
            return;
        }
        Map<Path, JsonNode> configs = new HashMap<>();
        List<JsonNode> own = layers.stream()
                .map(layer -> configs.computeIfAbsent(layer.folder(), ModelFolder::readConfig))
                .toList();
        for (String key : PER_LAYER) {
            if (config.path(key).isArray()) {
                ArrayNode elements = JsonNodeFactory.instance.arrayNode();
                for (int index = 0; index < layers.size(); index++) {
                    elements.add(own.get(index).path(key).path(layers.get(index).layer()));
                }
                replace(key, elements, elements.valueStream().noneMatch(JsonNode::isMissingNode));
            }
        }
        for (String key : LISTED_LAYERS) {
            if (config.path(key).isArray()) {
                ArrayNode indices = JsonNodeFactory.instance.arrayNode();
                for (int index = 0; index < layers.size(); index++) {
                    int layer = layers.get(index).layer();
                    if (own.get(index).path(key).valueStream().anyMatch(listed -> listed.asInt() == layer)) {
                        indices.add(index);
                    }
                }
                replace(key, indices, true);
            }
        }
    }

    /** A model that says nothing of its layers leaves the list as it was. */
    private void replace(String key, ArrayNode value, boolean complete) {
        if (complete && !value.equals(config.get(key))) {
            changes.put(key, value);
        }
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
