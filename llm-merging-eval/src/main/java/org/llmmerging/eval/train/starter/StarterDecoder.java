package org.llmmerging.eval.train.starter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.JsonFile;

/**
 * A decoder of the Llama line.
 *
 * @param modelType {@code llama} or {@code mistral}, as {@code config.json} says it
 * @param className the class of transformers that runs it
 * @param vocabularySize number of tokens
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the gated feed-forward layer
 * @param headDimension width of one attention head; need not be {@code hiddenSize / heads}
 * @param keyValueHeads heads of keys and values, fewer than {@code heads} with grouped-query attention
 * @param tiedEmbeddings whether the output layer is the embedding, so that no {@code lm_head} is stored
 * @param scaledRope whether positions are scaled as in Llama 3.1, {@code rope_type: llama3}
 * @param slidingWindow keys that a query sees, itself included, or null for all
 */
record StarterDecoder(
        String modelType,
        String className,
        int vocabularySize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int keyValueHeads,
        int headDimension,
        double ropeTheta,
        boolean tiedEmbeddings,
        boolean scaledRope,
        @Nullable Integer slidingWindow)
        implements
            StarterArchitecture {
    private static final double STANDARD_DEVIATION = 0.05;
    private static final int UNSCALED_LENGTH = 512;

    /** A Llama of the first or second generation: plain positions, an output layer of its own, and no window. */
    static StarterDecoder llama(
            int vocabularySize,
            int hiddenSize,
            int intermediateSize,
            int layers,
            int heads,
            int keyValueHeads) {
        return new StarterDecoder("llama", "LlamaForCausalLM", vocabularySize, hiddenSize, intermediateSize, layers,
                heads, keyValueHeads, hiddenSize / heads, 10_000, false, false, null);
    }

    @Override
    public ObjectNode config() {
        ObjectNode config = JsonFile.object();
        config.putArray("architectures").add(className);
        config.put("attention_bias", false);
        config.put("attention_dropout", 0.0);
        config.put("bos_token_id", StarterTokenizer.DECODER_BEGIN);
        config.put("eos_token_id", StarterTokenizer.DECODER_END);
        config.put("head_dim", headDimension);
        config.put("hidden_act", "silu");
        config.put("hidden_size", hiddenSize);
        config.put("initializer_range", STANDARD_DEVIATION);
        config.put("intermediate_size", intermediateSize);
        config.put("max_position_embeddings", MAXIMUM_LENGTH);
        config.put("model_type", modelType);
        config.put("num_attention_heads", heads);
        config.put("num_hidden_layers", layers);
        config.put("num_key_value_heads", keyValueHeads);
        config.put("pad_token_id", StarterTokenizer.PADDING);
        config.put("rms_norm_eps", 1e-5);
        if (scaledRope) {
            config.set("rope_scaling", ropeScaling());
        }
        config.put("rope_theta", ropeTheta);
        if (slidingWindow != null) {
            config.put("sliding_window", slidingWindow);
        }
        config.put("tie_word_embeddings", tiedEmbeddings);
        config.put("torch_dtype", "bfloat16");
        config.put("transformers_version", TRANSFORMERS_VERSION);
        config.put("use_cache", true);
        config.put("vocab_size", vocabularySize);
        return config;
    }

    /** Scaling that takes effect within {@link #MAXIMUM_LENGTH}, as Llama 3.1's does between 8192 and 131072. */
    private static ObjectNode ropeScaling() {
        ObjectNode scaling = JsonFile.object();
        scaling.put("factor", (double) MAXIMUM_LENGTH / UNSCALED_LENGTH);
        scaling.put("high_freq_factor", 4.0);
        scaling.put("low_freq_factor", 1.0);
        scaling.put("original_max_position_embeddings", UNSCALED_LENGTH);
        scaling.put("rope_type", "llama3");
        return scaling;
    }

    @Override
    public ObjectNode generationConfig() {
        ObjectNode config = JsonFile.object();
        config.put("_from_model_config", true);
        config.put("bos_token_id", StarterTokenizer.DECODER_BEGIN);
        config.put("eos_token_id", StarterTokenizer.DECODER_END);
        config.put("max_new_tokens", LONGEST_ANSWER);
        config.put("pad_token_id", StarterTokenizer.PADDING);
        config.put("transformers_version", TRANSFORMERS_VERSION);
        return config;
    }

    @Override
    public List<InitialWeight> weights() {
        List<InitialWeight> weights = new ArrayList<>();
        weights.add(matrix("model.embed_tokens", vocabularySize, hiddenSize));
        for (int layer = 0; layer < layers; layer++) {
            addLayer(weights, "model.layers." + layer + ".");
        }
        weights.add(InitialWeight.norm("model.norm.weight", hiddenSize));
        if (!tiedEmbeddings) {
            weights.add(matrix("lm_head", vocabularySize, hiddenSize));
        }
        weights.sort(Comparator.comparing(InitialWeight::name));
        return weights;
    }

    private void addLayer(List<InitialWeight> weights, String layer) {
        int queries = heads * headDimension;
        int keys = keyValueHeads * headDimension;
        weights.add(InitialWeight.norm(layer + "input_layernorm.weight", hiddenSize));
        weights.add(matrix(layer + "self_attn.q_proj", queries, hiddenSize));
        weights.add(matrix(layer + "self_attn.k_proj", keys, hiddenSize));
        weights.add(matrix(layer + "self_attn.v_proj", keys, hiddenSize));
        weights.add(matrix(layer + "self_attn.o_proj", hiddenSize, queries));
        weights.add(InitialWeight.norm(layer + "post_attention_layernorm.weight", hiddenSize));
        weights.add(matrix(layer + "mlp.gate_proj", intermediateSize, hiddenSize));
        weights.add(matrix(layer + "mlp.up_proj", intermediateSize, hiddenSize));
        weights.add(matrix(layer + "mlp.down_proj", hiddenSize, intermediateSize));
    }

    private static InitialWeight matrix(String module, int rows, int columns) {
        return InitialWeight.matrix(module + ".weight", rows, columns, STANDARD_DEVIATION);
    }
}
