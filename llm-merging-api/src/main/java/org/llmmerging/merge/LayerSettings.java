package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@code config.json} says of single layers, when they stand in a new order. */
final class LayerSettings {
    private static final String TYPES = "layer_types";
    /** Lists with an element for each layer, as in Gemma 3, Qwen2, SmolLM3, GPT-Neo and Zamba. */
    private static final List<String> LISTS = List.of(
            TYPES, "mlp_layer_types", "no_rope_layers", "attention_layers", "layers_block_type");
    /** Lists of the layers that are special, as in Llama 4, Mllama and Qwen2-MoE. */
    private static final List<String> SPECIAL = List.of("moe_layers", "cross_attention_layers", "mlp_only_layers");

    private static final String PERIOD = "sliding_window_pattern";
    /** The usual period of model types in which the last layer of each period has full attention, the others not. */
    private static final Map<String, Integer> PERIODS = Map.of("gemma2", 2, "gemma3_text", 6, "cohere2", 4);

    /** A layer and the configuration of the model that it comes from. */
    private record Origin(JsonNode config, int layer) {
        /** What the configuration, or its part on text, says under a key. */
        JsonNode said(String key) {
            return config.has(key) ? config.path(key) : config.path(ConfigChanges.TEXT).path(key);
        }

        JsonNode element(String key) {
            JsonNode list = said(key);
            if (!key.equals(TYPES) || list.isArray()) {
                return list.path(layer);
            }
            JsonNode own = attention(config, layer);
            return own.isMissingNode() ? attention(config.path(ConfigChanges.TEXT), layer) : own;
        }
    }

    private final List<Origin> layers;

    private LayerSettings(List<Origin> layers) {
        this.layers = layers;
    }

    /** Of the output's layers, in their order. */
    static LayerSettings of(List<LayerOrigin> layers) {
        Map<Path, JsonNode> configs = new HashMap<>();
        return new LayerSettings(layers.stream()
                .map(layer -> new Origin(
                        configs.computeIfAbsent(layer.folder(), ModelFolder::readConfig), layer.layer()))
                .toList());
    }

    /**
     * Sets what a configuration, or its part on text, says of its layers. Kinds of attention that follow a rule are
     * listed where the rule would give a layer another kind than it had.
     */
    void arrange(ObjectNode section) {
        for (String key : LISTS) {
            ArrayNode elements = JsonNodeFactory.instance.arrayNode();
            layers.forEach(layer -> elements.add(layer.element(key)));
            // A model that says nothing of its layers leaves the list as it was.
            boolean isSaid = elements.valueStream().noneMatch(JsonNode::isMissingNode);
            if (isSaid && (section.path(key).isArray() || key.equals(TYPES) && differsFromRule(section, elements))) {
                section.set(key, elements);
            }
        }
        for (String key : SPECIAL) {
            if (section.path(key).isArray()) {
                ArrayNode indices = section.putArray(key);
                for (int index = 0; index < layers.size(); index++) {
                    Origin origin = layers.get(index);
                    if (origin.said(key).valueStream().anyMatch(listed -> listed.asInt() == origin.layer())) {
                        indices.add(index);
                    }
                }
            }
        }
    }

    private static boolean differsFromRule(ObjectNode section, ArrayNode types) {
        List<JsonNode> ruled = new ArrayList<>();
        for (int index = 0; index < types.size(); index++) {
            ruled.add(attention(section, index));
        }
        return ruled.stream().noneMatch(JsonNode::isMissingNode) && !ruled.equals(types.valueStream().toList());
    }

    /** A layer's kind of attention by the rule of the model's type, as transformers has it; missing without one. */
    private static JsonNode attention(JsonNode config, int layer) {
        Integer usual = PERIODS.get(config.path("model_type").asText());
        if (usual == null) {
            return MissingNode.getInstance();
        }
        int period = Math.max(1, config.path(PERIOD).asInt(usual));
        return TextNode.valueOf((layer + 1) % period == 0 ? "full_attention" : "sliding_attention");
    }
}
