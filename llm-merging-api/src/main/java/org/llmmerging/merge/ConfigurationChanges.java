package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.TensorInfo;

/** Finds what config.json must say differently for the weights that are written: layers, vocabulary, tied weights. */
final class ConfigurationChanges {
    private static final List<String> LAYER_COUNTS = List.of("num_hidden_layers", "n_layer", "num_layers", "n_layers");
    private static final List<String> EMBEDDINGS = List.of(
            "embed_tokens.weight", "shared.weight", "wte.weight", "embed_in.weight", "word_embeddings.weight");
    private static final List<String> HEADS = List.of("lm_head.weight", "embed_out.weight");
    private static final String ENCODER = "encoder.block";
    private static final String DECODER = "decoder.block";
    private static final String TIED = "tie_word_embeddings";

    private final JsonNode config;
    private final Collection<TensorInfo> tensors;
    private final Map<String, Object> changes = new TreeMap<>();

    private ConfigurationChanges(JsonNode config, Collection<TensorInfo> tensors) {
        this.config = config;
        this.tensors = tensors;
    }

    /**
     * The values that differ, by key.
     *
     * @param config config.json of the model that the others follow
     * @param tensors what is written
     */
    static Map<String, Object> of(JsonNode config, Collection<TensorInfo> tensors) {
        ConfigurationChanges changes = new ConfigurationChanges(config, tensors);
        changes.layers();
        changes.vocabulary();
        changes.tiedWeights();
        return changes.changes;
    }

    private void layers() {
        Map<String, Integer> layers = new TreeMap<>();
        for (TensorInfo tensor : tensors) {
            TensorName name = TensorName.parse(tensor.name());
            if (name.isInLayer()) {
                layers.merge(name.stack(), name.layer() + 1, Math::max);
            }
        }
        if (layers.containsKey(ENCODER) || layers.containsKey(DECODER)) {
            Integer encoder = layers.get(ENCODER);
            Integer decoder = layers.get(DECODER);
            change("num_layers", encoder);
            // Where it is missing, the decoder has as many layers as the encoder.
            if (config.has("num_decoder_layers") || (decoder != null && !decoder.equals(encoder))) {
                change("num_decoder_layers", decoder);
            }
        } else if (layers.size() == 1) {
            int count = layers.values().iterator().next();
            LAYER_COUNTS.stream().filter(config::has).forEach(key -> change(key, count));
        }
    }

    private void vocabulary() {
        if (!config.has("vocab_size")) {
            return;
        }
        for (TensorInfo tensor : tensors) {
            if (tensor.shape().rank() == 2 && EMBEDDINGS.stream().anyMatch(tensor.name()::endsWith)) {
                change("vocab_size", Math.toIntExact(tensor.shape().dimension(0)));
                return;
            }
        }
    }

    /** A head of its own is only loaded when the configuration does not tie it to the embedding. */
    private void tiedWeights() {
        boolean hasHead = tensors.stream().anyMatch(tensor -> HEADS.contains(tensor.name()));
        if (hasHead && config.path(TIED).asBoolean(false)) {
            changes.put(TIED, false);
        }
    }

    private void change(String key, @Nullable Integer value) {
        if (value != null && config.path(key).asInt(-1) != value) {
            changes.put(key, value);
        }
    }
}
