package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.llmmerging.checkpoint.TensorInfo;

/** What is different in the output's {@code config.json}, under the keys that the model's own file uses. */
final class ConfigChanges {
    private static final String HIDDEN_LAYERS = "num_hidden_layers";
    private static final String LAYERS = "num_layers";
    private static final String DECODER_LAYERS = "num_decoder_layers";
    private static final String VOCABULARY = "vocab_size";
    private static final Map<String, List<String>> LAYER_KEYS = Map.of(
            ModulePlanner.DEFAULT, List.of(HIDDEN_LAYERS, "n_layer", "n_layers", LAYERS),
            "encoder", List.of("encoder_layers", LAYERS, HIDDEN_LAYERS),
            "decoder", List.of("decoder_layers", DECODER_LAYERS));

    private static final String TIED = "tie_word_embeddings";
    static final String TEXT = "text_config";

    private final ObjectNode config;
    private final ObjectNode edited;
    /** What is said of the language model: of one that also sees or hears, within {@code text_config}, too. */
    private final List<ObjectNode> sections = new ArrayList<>();

    /** @param config the model's own file */
    ConfigChanges(ObjectNode config) {
        this.config = config;
        this.edited = config.deepCopy();
        sections.add(edited);
        if (edited.get(TEXT) instanceof ObjectNode text) {
            sections.add(text);
        }
    }

    /** Sets the number of layers of modules, and what is said of each; see {@link ModulePlanner#slicedLayers()}. */
    ConfigChanges layers(Map<String, List<LayerOrigin>> byModule) {
        byModule.forEach((module, layers) -> {
            List<String> keys = LAYER_KEYS.get(module);
            if (keys != null) {
                put(keys, module.equals(ModulePlanner.DEFAULT) ? HIDDEN_LAYERS : keys.getLast(), layers.size());
            }
        });
        List<LayerOrigin> layers = byModule.getOrDefault(ModulePlanner.DEFAULT, List.of());
        if (!layers.isEmpty()) {
            LayerSettings settings = LayerSettings.of(layers);
            sections.forEach(settings::arrange);
        }
        // T5 leaves the decoder's number out when it is the encoder's.
        if (byModule.containsKey("encoder") && config.has(LAYERS) && !edited.has(DECODER_LAYERS)) {
            edited.set(DECODER_LAYERS, config.get(LAYERS));
        }
        return this;
    }

    /** Sets the first of some keys in every section that has one; when none has, another key in the last section. */
    private void put(List<String> keys, String unsaid, int value) {
        boolean isSaid = false;
        for (ObjectNode section : sections) {
            Optional<String> said = keys.stream().filter(section::has).findFirst();
            said.ifPresent(key -> section.put(key, value));
            isSaid |= said.isPresent();
        }
        if (!isSaid) {
            sections.getLast().put(unsaid, value);
        }
    }

    /** Sets the number of tokens, when there is one. */
    ConfigChanges vocabulary(OptionalLong rows) {
        rows.ifPresent(count -> put(List.of(VOCABULARY), VOCABULARY, Math.toIntExact(count)));
        return this;
    }

    /**
     * Unties an output head that is written: loaders ignore one that the configuration, or the default of its class,
     * ties to the embedding. T5 is left alone, for a tied one also scales what goes into the head, unless the file says
     * that it does not: transformers 5 does, and calls every T5 tied. It calls every mT5 tied as well, and scales none.
     */
    ConfigChanges heads(Collection<TensorInfo> written) {
        JsonNode scaling = config.path("scale_decoder_outputs");
        String type = config.path("model_type").asText();
        boolean isPlain = type.equals("mt5") && config.path("transformers_version").asText().startsWith("5.");
        boolean scales = type.contains("t5") && !isPlain && !(scaling.isBoolean() && !scaling.booleanValue());
        if (!scales && written.stream().anyMatch(TensorRoles::isHead)) {
            sections.forEach(section -> section.put(TIED, false));
        }
        return this;
    }

    /** Says what is said of rotary positions as transformers 4 reads it, too; see {@link RotarySpelling}. */
    ConfigChanges rotary() {
        sections.forEach(RotarySpelling::repeat);
        return this;
    }

    /** The new values by key. */
    Map<String, Object> byKey() {
        Map<String, Object> changes = new TreeMap<>();
        edited.properties().forEach(entry -> {
            if (!entry.getValue().equals(config.get(entry.getKey()))) {
                changes.put(entry.getKey(), entry.getValue());
            }
        });
        return changes;
    }
}
