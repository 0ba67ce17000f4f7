package org.llmmerging.eval.train.starter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.llmmerging.checkpoint.JsonFile;

/**
 * A T5 1.1 as Flan-T5 is one: gated GELU, output layer of its own. Initial distributions are those of the T5
 * implementation, whose attention is not divided by the root of the head's width.
 *
 * @param vocabularySize number of tokens
 * @param modelWidth {@code d_model}
 * @param headWidth {@code d_kv}
 * @param feedForwardWidth {@code d_ff}
 * @param layers of the encoder, and as many of the decoder
 */
record StarterEncoderDecoder(int vocabularySize, int modelWidth, int headWidth, int heads, int feedForwardWidth,
        int layers)
        implements
            StarterArchitecture {
    private static final int BUCKETS = 32;
    private static final int FARTHEST_DISTANCE = 128;

    /** Smaller than T5's 1, so that the first few thousand texts are enough to move it. */
    private static final double EMBEDDING = 0.3;

    @Override
    public ObjectNode config() {
        ObjectNode config = JsonFile.object();
        config.putArray("architectures").add("T5ForConditionalGeneration");
        config.put("classifier_dropout", 0.0);
        config.put("d_ff", feedForwardWidth);
        config.put("d_kv", headWidth);
        config.put("d_model", modelWidth);
        config.put("decoder_start_token_id", StarterTokenizer.PADDING);
        config.put("dense_act_fn", "gelu_new");
        config.put("dropout_rate", 0.1);
        config.put("eos_token_id", StarterTokenizer.ENCODER_END);
        config.put("feed_forward_proj", "gated-gelu");
        config.put("initializer_factor", 1.0);
        config.put("is_encoder_decoder", true);
        config.put("is_gated_act", true);
        config.put("layer_norm_epsilon", 1e-6);
        config.put("model_type", "t5");
        config.put("n_positions", MAXIMUM_LENGTH);
        config.put("num_decoder_layers", layers);
        config.put("num_heads", heads);
        config.put("num_layers", layers);
        config.put("pad_token_id", StarterTokenizer.PADDING);
        config.put("relative_attention_max_distance", FARTHEST_DISTANCE);
        config.put("relative_attention_num_buckets", BUCKETS);
        config.put("tie_word_embeddings", false);
        config.put("torch_dtype", "bfloat16");
        config.put("transformers_version", TRANSFORMERS_VERSION);
        config.put("use_cache", true);
        config.put("vocab_size", vocabularySize);
        return config;
    }

    @Override
    public ObjectNode generationConfig() {
        ObjectNode config = JsonFile.object();
        config.put("_from_model_config", true);
        config.put("decoder_start_token_id", StarterTokenizer.PADDING);
        config.put("eos_token_id", StarterTokenizer.ENCODER_END);
        config.put("max_new_tokens", LONGEST_ANSWER);
        config.put("pad_token_id", StarterTokenizer.PADDING);
        config.put("transformers_version", TRANSFORMERS_VERSION);
        return config;
    }

    @Override
    public List<InitialWeight> weights() {
        List<InitialWeight> weights = new ArrayList<>();
        weights.add(InitialWeight.matrix("shared.weight", vocabularySize, modelWidth, EMBEDDING));
        weights.add(InitialWeight.matrix("lm_head.weight", vocabularySize, modelWidth, rootOf(modelWidth)));
        addStack(weights, "encoder.", false);
        addStack(weights, "decoder.", true);
        weights.sort(Comparator.comparing(InitialWeight::name));
        return weights;
    }

    private void addStack(List<InitialWeight> weights, String stack, boolean attendsToEncoder) {
        String firstAttention = stack + "block.0.layer.0.SelfAttention.";
        weights.add(InitialWeight.matrix(
                firstAttention + "relative_attention_bias.weight", BUCKETS, heads, rootOf(modelWidth)));
        for (int block = 0; block < layers; block++) {
            String layer = stack + "block." + block + ".layer.";
            int index = 0;
            addAttention(weights, layer + index++ + ".", "SelfAttention.");
            if (attendsToEncoder) {
                addAttention(weights, layer + index++ + ".", "EncDecAttention.");
            }
            addFeedForward(weights, layer + index + ".");
        }
        weights.add(InitialWeight.norm(stack + "final_layer_norm.weight", modelWidth));
    }

    private void addAttention(List<InitialWeight> weights, String layer, String kind) {
        int inner = heads * headWidth;
        String attention = layer + kind;
        weights.add(InitialWeight.matrix(attention + "q.weight", inner, modelWidth, rootOf(modelWidth * headWidth)));
        weights.add(InitialWeight.matrix(attention + "k.weight", inner, modelWidth, rootOf(modelWidth)));
        weights.add(InitialWeight.matrix(attention + "v.weight", inner, modelWidth, rootOf(modelWidth)));
        weights.add(InitialWeight.matrix(attention + "o.weight", modelWidth, inner, rootOf(inner)));
        weights.add(InitialWeight.norm(layer + "layer_norm.weight", modelWidth));
    }

    private void addFeedForward(List<InitialWeight> weights, String layer) {
        String dense = layer + "DenseReluDense.";
        weights.add(InitialWeight.matrix(dense + "wi_0.weight", feedForwardWidth, modelWidth, rootOf(modelWidth)));
        weights.add(InitialWeight.matrix(dense + "wi_1.weight", feedForwardWidth, modelWidth, rootOf(modelWidth)));
        weights.add(InitialWeight.matrix(dense + "wo.weight", modelWidth, feedForwardWidth, rootOf(feedForwardWidth)));
        weights.add(InitialWeight.norm(layer + "layer_norm.weight", modelWidth));
    }

    /** The standard deviation that keeps the variance of a sum of {@code terms} products at 1. */
    private static double rootOf(int terms) {
        return 1 / Math.sqrt(terms);
    }
}
