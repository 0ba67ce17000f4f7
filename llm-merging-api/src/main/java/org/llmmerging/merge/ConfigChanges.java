package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
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
    private static final String ROPE_PARAMETERS = "rope_parameters";
    private static final String ROPE_SCALING = "rope_scaling";
    /** What transformers 4 looks for beside {@code rope_scaling}, and version 5 in {@code rope_parameters}. */
    private static final List<String> BESIDE_SCALING = List.of("rope_theta", "partial_rotary_factor");
    /** Types of models whose scaled positions both versions read from {@code rope_scaling} and what is beside it. */
    private static final Set<String> SCALED = Set.of("llama", "mistral", "mixtral", "qwen2");

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
            List<String> keys = LAYER_KEYS.getOrDefault(module, List.of());
            String unsaid = module.equals(ModulePlanner.DEFAULT) ? HIDDEN_LAYERS : keys.isEmpty() ? "" : keys.getLast();
            if (!keys.isEmpty()) {
                put(keys, unsaid, layers.size());
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
     * that it does not: transformers 5 does, and calls every T5 tied.
     */
    ConfigChanges heads(Collection<TensorInfo> written) {
        JsonNode scaling = config.path("scale_decoder_outputs");
        boolean scales = config.path("model_type").asText().contains("t5")
                && !(scaling.isBoolean() && !scaling.booleanValue());
        if (!scales && written.stream().anyMatch(TensorRoles::isHead)) {
            sections.forEach(section -> section.put(TIED, false));
        }
        return this;
    }

    /**
     * Says what {@code rope_parameters} says of rotary positions in the spelling of transformers 4 too, which passes over
     * that key without a word. Where version 5 reads both, {@code rope_scaling} takes precedence: it is written only for
     * types of models whose classes look for the rest beside it, and nothing is where the file contradicts itself.
     */
    ConfigChanges rotary() {
        for (ObjectNode section : sections) {
            if (section.get(ROPE_PARAMETERS) instanceof ObjectNode parameters
                    && parameters.valueStream().noneMatch(JsonNode::isObject)
                    && !section.hasNonNull(ROPE_SCALING)
                    && BESIDE_SCALING.stream().allMatch(key -> agree(section.get(key), parameters.get(key)))) {
                boolean isScaled = !parameters.path("rope_type").asText("default").equals("default");
                if (isScaled && !SCALED.contains(section.path("model_type").asText())) {
                    continue;
                }
                BESIDE_SCALING.stream().filter(parameters::hasNonNull).forEach(
                        key -> section.set(key, parameters.get(key)));
                if (isScaled) {
                    section.set(ROPE_SCALING, parameters.deepCopy().remove(BESIDE_SCALING));
                }
            }
        }
        return this;
    }

    private static boolean agree(@Nullable JsonNode beside, @Nullable JsonNode within) {
        return beside == null || beside.isNull() || within == null || beside.asDouble() == within.asDouble();
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
