package org.llmmerging.eval.model;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.llmmerging.tensor.Shape;

/**
 * T5 (Raffel et al., arXiv:1910.10683), version 1.0 or Flan.
 *
 * @param hiddenSize {@code d_model}
 * @param headSize {@code d_kv}
 * @param isGated whether the feed-forward has a gate, as in version 1.1 and Flan
 * @param buckets number of relative-position buckets
 * @param maximumDistance positions further apart share the last bucket
 * @param tiesEmbeddings whether the output projection is the token embedding unless the file stores one
 * @param scalesOutput whether the last hidden states are divided by √d_model before the output projection
 * @param startToken what every decoder sequence begins with
 */
public record EncoderDecoderConfig(
        Path file,
        String modelType,
        int vocabularySize,
        int hiddenSize,
        int feedForwardSize,
        int encoderLayers,
        int decoderLayers,
        int heads,
        int headSize,
        int buckets,
        int maximumDistance,
        double normEpsilon,
        Activation activation,
        boolean isGated,
        boolean tiesEmbeddings,
        boolean scalesOutput,
        int startToken)
        implements
            ModelConfig {
    private static final String GATED = "gated-";
    /** An exact one and a logarithmic one for each direction of the encoder. */
    private static final int LEAST_BUCKETS = 4;

    /** What the decoder reads while it writes these tokens: the start token, and all of them but the last. */
    public int[] decoderInput(int[] written) {
        int[] read = new int[written.length];
        if (written.length > 0) {
            read[0] = startToken;
            System.arraycopy(written, 0, read, 1, written.length - 1);
        }
        return read;
    }

    static EncoderDecoderConfig fromJson(ConfigJson json) {
        int layers = json.count("num_layers", 6);
        String projection = json.text("feed_forward_proj", "relu");
        boolean isGated = projection.startsWith(GATED);
        String named = isGated ? projection.substring(GATED.length()) : projection;
        // T5 means the tanh approximation when it says gated-gelu, for compatibility with its first release.
        String implied = projection.equals("gated-gelu") ? "gelu_new" : named;
        String activationKey = json.has("dense_act_fn") ? "dense_act_fn" : "feed_forward_proj";
        boolean ties = json.flag("tie_word_embeddings", true);
        // Version 5 always writes tie_word_embeddings as true and says separately whether outputs are scaled. A null
        // there means no.
        boolean scales = !json.isNull("scale_decoder_outputs") && json.flag("scale_decoder_outputs", ties);
        int buckets = json.count("relative_attention_num_buckets", 32);
        if (buckets < LEAST_BUCKETS) {
            throw json.failure(
                    "relative_attention_num_buckets",
                    "is " + buckets + "; it has to be at least " + LEAST_BUCKETS + ". Correct the file");
        }
        int maximumDistance = json.count("relative_attention_max_distance", 128);
        if (maximumDistance <= buckets / 2) {
            throw json.failure(
                    "relative_attention_max_distance",
                    "is " + maximumDistance + "; it has to be above half of relative_attention_num_buckets, which is "
                            + buckets + ". Correct one");
        }
        int heads = json.count("num_heads", 8);
        int headSize = json.count("d_kv", 64);
        json.requireProduct("num_heads", heads, "d_kv", headSize);
        int vocabulary = json.count("vocab_size", 32128);
        return new EncoderDecoderConfig(
                json.file(),
                json.text("model_type", ""),
                vocabulary,
                json.count("d_model", 512),
                json.count("d_ff", 2048),
                layers,
                json.count("num_decoder_layers", layers),
                heads,
                headSize,
                buckets,
                maximumDistance,
                json.notNegative("layer_norm_epsilon", 1e-6),
                Activation.of(json, activationKey, json.text("dense_act_fn", implied)),
                json.flag("is_gated_act", isGated),
                ties,
                scales,
                startToken(json, vocabulary));
    }

    private static int startToken(ConfigJson json, int vocabulary) {
        String key = json.has("decoder_start_token_id") ? "decoder_start_token_id" : "pad_token_id";
        return json.tokenId(key, 0, vocabulary);
    }

    @Override
    public String embeddingName() {
        return "shared.weight";
    }

    @Override
    public String headName() {
        return "lm_head.weight";
    }

    @Override
    public Map<String, Integer> blockCounts() {
        return Map.of("encoder.block.", encoderLayers, "decoder.block.", decoderLayers);
    }

    @Override
    public Map<String, Shape> tensorShapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put(embeddingName(), Shape.of(vocabularySize, hiddenSize));
        stackShapes("encoder", encoderLayers, false, shapes);
        stackShapes("decoder", decoderLayers, true, shapes);
        return shapes;
    }

    private void stackShapes(String stack, int layers, boolean hasCrossAttention, Map<String, Shape> shapes) {
        shapes.put(
                stack + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight", Shape.of(buckets, heads));
        for (int i = 0; i < layers; i++) {
            String block = stack + ".block." + i + ".layer.";
            attentionShapes(block + "0", "SelfAttention", shapes);
            if (hasCrossAttention) {
                attentionShapes(block + "1", "EncDecAttention", shapes);
            }
            feedForwardShapes(block + (hasCrossAttention ? "2" : "1"), shapes);
        }
        shapes.put(stack + ".final_layer_norm.weight", Shape.of(hiddenSize));
    }

    private void attentionShapes(String layer, String kind, Map<String, Shape> shapes) {
        int inner = heads * headSize;
        for (String projection : new String[] {"q", "k", "v"}) {
            shapes.put(layer + "." + kind + "." + projection + ".weight", Shape.of(inner, hiddenSize));
        }
        shapes.put(layer + "." + kind + ".o.weight", Shape.of(hiddenSize, inner));
        shapes.put(layer + ".layer_norm.weight", Shape.of(hiddenSize));
    }

    private void feedForwardShapes(String layer, Map<String, Shape> shapes) {
        String dense = layer + ".DenseReluDense.";
        for (String projection : isGated ? new String[] {"wi_0", "wi_1"} : new String[] {"wi"}) {
            shapes.put(dense + projection + ".weight", Shape.of(feedForwardSize, hiddenSize));
        }
        shapes.put(dense + "wo.weight", Shape.of(hiddenSize, feedForwardSize));
        shapes.put(layer + ".layer_norm.weight", Shape.of(hiddenSize));
    }
}
