package org.llmmerging.eval.model;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.eval.model.DecoderConfig.AttentionRules;
import org.llmmerging.eval.model.DecoderConfig.Biases;
import org.llmmerging.eval.model.DecoderConfig.Dimensions;
import org.llmmerging.eval.model.DecoderConfig.Embeddings;
import org.llmmerging.eval.model.DecoderConfig.Norms;

/** What sets the decoder families apart, and the defaults of their configuration classes in transformers. */
final class DecoderFamilies {
    private static final String LAYER_TYPES = "layer_types";

    private DecoderFamilies() {}

    /** Llama 2 and 3 (Touvron et al., arXiv:2307.09288; arXiv:2407.21783). */
    static DecoderConfig llama(ConfigJson json) {
        Dimensions dimensions = dimensions(json, new Defaults(32000, 4096, 11008, 32, 32, null, null, 2048));
        boolean attentionBias = json.flag("attention_bias", false);
        boolean feedForwardBias = json.flag("mlp_bias", false);
        return plain(json, dimensions, fullAttention(dimensions),
                new Biases(attentionBias, attentionBias, feedForwardBias));
    }

    /**
     * Mistral (Jiang et al., arXiv:2310.06825): a window of {@code sliding_window} keys unless it is null, in the
     * layers that {@code layer_types} names if it is there.
     */
    static DecoderConfig mistral(ConfigJson json) {
        Dimensions dimensions = dimensions(json, new Defaults(32000, 4096, 14336, 32, 32, 8, null, 131072));
        Integer window = window(json);
        List<@Nullable Integer> windows = windows(json, dimensions, window, layer -> true);
        return plain(json, dimensions, windows, new Biases(false, false, false));
    }

    /** Qwen2 (Yang et al., arXiv:2407.10671): biases on queries, keys and values. */
    static DecoderConfig qwen2(ConfigJson json) {
        Dimensions dimensions = dimensions(json, new Defaults(151936, 4096, 22016, 32, 32, 32, null, 32768));
        Integer window = json.flag("use_sliding_window", false) ? window(json) : null;
        int firstWindowed = (int) json.number("max_window_layers", 28);
        List<@Nullable Integer> windows = windows(json, dimensions, window, layer -> layer >= firstWindowed);
        return plain(json, dimensions, windows, new Biases(true, false, false));
    }

    /** Gemma (arXiv:2403.08295): norm weights offset by 1, the embedding scaled by √hidden. */
    static DecoderConfig gemma(ConfigJson json) {
        requireCausal(json, "use_bidirectional_attention", false);
        Dimensions dimensions = dimensions(json, new Defaults(256000, 3072, 24576, 28, 16, 16, 256, 8192));
        // hidden_act counts, as in version 5, but for the gelu of the first release: it stands for the approximation.
        boolean isOld = json.text("hidden_act", "").equals("gelu");
        return gemma(json, dimensions, false, attention(json, dimensions, fullAttention(dimensions)), null,
                isOld ? "hidden_activation" : "hidden_act");
    }

    /** Gemma 2 (arXiv:2408.00118): four norms a layer, soft-capped logits, every other layer windowed. */
    static DecoderConfig gemma2(ConfigJson json) {
        requireCausal(json, "use_bidirectional_attention", false);
        Dimensions dimensions = dimensions(json, new Defaults(256000, 2304, 9216, 26, 8, 4, 256, 8192));
        Integer window = window(json);
        if (window == null && !json.has(LAYER_TYPES)) {
            throw windowless(json, 0);
        }
        AttentionRules attention = new AttentionRules(
                RotaryConfig.read(json),
                windows(json, dimensions, window, layer -> layer % 2 == 0),
                1 / Math.sqrt(json.positive("query_pre_attn_scalar", 256)),
                softCap(json, "attn_logit_softcapping", 50.0));
        return gemma(json, dimensions, true, attention, softCap(json, "final_logit_softcapping", 30.0),
                "hidden_activation");
    }

    private static DecoderConfig plain(
            ConfigJson json, Dimensions dimensions, List<@Nullable Integer> windows, Biases biases) {
        requireCausal(json, "is_causal", true);
        return new DecoderConfig(
                json.file(),
                modelType(json),
                dimensions,
                attention(json, dimensions, windows),
                new Norms(epsilon(json), 0, false),
                biases,
                activation(json, "hidden_act", "silu"),
                new Embeddings(1, json.flag("tie_word_embeddings", false), null));
    }

    /** @param activationKey which key names the activation */
    private static DecoderConfig gemma(
            ConfigJson json,
            Dimensions dimensions,
            boolean normalizesOutputs,
            AttentionRules attention,
            @Nullable Double logitSoftCap,
            String activationKey) {
        boolean bias = json.flag("attention_bias", false);
        requireCausal(json, "is_causal", true);
        return new DecoderConfig(
                json.file(),
                modelType(json),
                dimensions,
                attention,
                new Norms(epsilon(json), 1, normalizesOutputs),
                new Biases(bias, bias, false),
                activation(json, activationKey, "gelu_pytorch_tanh"),
                new Embeddings(
                        Math.sqrt(dimensions.hidden()), json.flag("tie_word_embeddings", true), logitSoftCap));
    }

    private static String modelType(ConfigJson json) {
        return json.text("model_type", "");
    }

    private static double epsilon(ConfigJson json) {
        return json.notNegative("rms_norm_eps", 1e-6);
    }

    private static Activation activation(ConfigJson json, String key, String defaultName) {
        return Activation.of(json, key, json.text(key, defaultName));
    }

    private static AttentionRules attention(
            ConfigJson json, Dimensions dimensions, List<@Nullable Integer> windows) {
        return new AttentionRules(RotaryConfig.read(json), windows, 1 / Math.sqrt(dimensions.headSize()), null);
    }

    /** @param causal what the key says of a model whose tokens do not see those after them */
    private static void requireCausal(ConfigJson json, String key, boolean causal) {
        if (json.flag(key, causal) != causal) {
            throw json.failure(
                    key,
                    "is " + !causal + ", and tokens that see those after them are not implemented. A model that writes"
                            + " text has " + causal + " there");
        }
    }

    private static @Nullable Double softCap(ConfigJson json, String key, double defaultValue) {
        return json.isNull(key) ? null : (Double) json.positive(key, defaultValue);
    }

    private static List<@Nullable Integer> fullAttention(Dimensions dimensions) {
        return Collections.nCopies(dimensions.layers(), null);
    }

    private static @Nullable Integer window(ConfigJson json) {
        return json.isNull("sliding_window") ? null : (Integer) json.count("sliding_window", 4096);
    }

    /**
     * From {@code layer_types} when the file lists them, else by the family's rule.
     *
     * @param window of the layers that have one, or null when none is in use
     * @param isWindowed the rule where windows are in use
     */
    private static List<@Nullable Integer> windows(
            ConfigJson json, Dimensions dimensions, @Nullable Integer window, IntPredicate isWindowed) {
        String[] types = json.texts(LAYER_TYPES).orElse(null);
        if (types == null) {
            return window == null ? fullAttention(dimensions) : windows(dimensions.layers(), window, isWindowed);
        }
        if (types.length != dimensions.layers()) {
            throw json.failure(
                    LAYER_TYPES,
                    "lists " + types.length + " layers, num_hidden_layers is " + dimensions.layers()
                            + ". Make them agree");
        }
        List<@Nullable Integer> windows = new ArrayList<>();
        for (int layer = 0; layer < types.length; layer++) {
            boolean windowed = isWindowed(json, types[layer]);
            if (windowed && window == null) {
                throw windowless(json, layer);
            }
            windows.add(windowed ? window : null);
        }
        return Collections.unmodifiableList(windows);
    }

    /** Computed as they are asked for: a damaged file may name any number of layers. */
    private static List<@Nullable Integer> windows(int layers, int window, IntPredicate isWindowed) {
        return new AbstractList<>() {
            @Override
            public @Nullable Integer get(int layer) {
                return isWindowed.test(layer) ? (Integer) window : null;
            }

            @Override
            public int size() {
                return layers;
            }
        };
    }

    private static CheckpointException windowless(ConfigJson json, int layer) {
        return json.failure(
                "sliding_window",
                "is null, or use_sliding_window is not true, though layer " + layer
                        + " has sliding attention. Give the window, or list full_attention in layer_types");
    }

    private static boolean isWindowed(ConfigJson json, String layerType) {
        return switch (layerType) {
            case "sliding_attention" -> true;
            case "full_attention" -> false;
            default -> throw json.failure(
                    LAYER_TYPES,
                    "has '" + layerType
                            + "', which is not implemented. Known are full_attention and sliding_attention");
        };
    }

    /** Values of a configuration class for keys that the file leaves out. */
    private record Defaults(
            int vocabulary,
            int hidden,
            int feedForward,
            int layers,
            int heads,
            @Nullable Integer keyValueHeads,
            @Nullable Integer headSize,
            int positions) {}

    private static Dimensions dimensions(ConfigJson json, Defaults defaults) {
        int hidden = json.count("hidden_size", defaults.hidden);
        int heads = json.count("num_attention_heads", defaults.heads);
        // A key-value head count of null means as many as heads; a missing key means the class's default.
        int keyValueDefault = defaults.keyValueHeads == null || json.isNull("num_key_value_heads")
                ? heads
                : defaults.keyValueHeads;
        int keyValueHeads = json.count("num_key_value_heads", keyValueDefault);
        int headSize = json.count("head_dim", defaults.headSize == null ? hidden / heads : defaults.headSize);
        if (heads % keyValueHeads != 0) {
            throw json.failure(
                    "num_attention_heads",
                    "is " + heads + ", not a multiple of num_key_value_heads, " + keyValueHeads + ". Correct one");
        }
        json.requireProduct("num_attention_heads", heads, "head_dim", headSize);
        if (headSize % 2 != 0) {
            throw json.failure("head_dim", "is " + headSize + "; rotary positions need an even number");
        }
        return new Dimensions(
                json.count("vocab_size", defaults.vocabulary), hidden,
                json.count("intermediate_size", defaults.feedForward),
                json.count("num_hidden_layers", defaults.layers), heads, keyValueHeads, headSize,
                json.count("max_position_embeddings", defaults.positions));
    }
}
