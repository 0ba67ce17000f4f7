package org.llmmerging.eval.model;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.tensor.Shape;

/**
 * A decoder-only transformer with rotary positions, gated feed-forward and root-mean-square norms.
 *
 * @param activation of the feed-forward's gate
 */
public record DecoderConfig(
        Path file,
        String modelType,
        Dimensions dimensions,
        AttentionRules attention,
        Norms norms,
        Biases biases,
        Activation activation,
        Embeddings embeddings)
        implements
            ModelConfig {

    /**
     * How large everything is.
     *
     * @param vocabulary number of tokens
     * @param hidden width of the hidden states
     * @param feedForward width inside of the feed-forward
     * @param heads of the queries
     * @param keyValueHeads of the keys and values; {@code heads} is a multiple of it
     * @param headSize an even number
     * @param positions the longest sequence that the model was made for
     */
    public record Dimensions(
            int vocabulary,
            int hidden,
            int feedForward,
            int layers,
            int heads,
            int keyValueHeads,
            int headSize,
            int positions) {}

    /**
     * What a query sees, and how much of it.
     *
     * @param windows for each layer, how many keys a query sees, itself included, or null when it sees all
     * @param scale attention logits are multiplied by it
     * @param softCap attention logits are bounded by it through tanh, or null
     */
    public record AttentionRules(
            RotaryConfig rotary, List<@Nullable Integer> windows, double scale, @Nullable Double softCap) {}

    /**
     * The root-mean-square norms.
     *
     * @param offset added to every norm's weight: 1 in Gemma, else 0
     * @param ofOutputs whether the outputs of attention and feed-forward are normalised too (Gemma 2)
     */
    public record Norms(double epsilon, double offset, boolean ofOutputs) {}

    /**
     * Which projections have biases.
     *
     * @param queryKeyValue those of queries, keys and values
     * @param output that of the attention's output
     * @param feedForward those of the feed-forward
     */
    public record Biases(boolean queryKeyValue, boolean output, boolean feedForward) {}

    /**
     * Where tokens come in and logits go out.
     *
     * @param scale the embedding is multiplied by it: √hidden in Gemma, else 1
     * @param tied whether the embedding is the output projection when the checkpoint has none
     * @param logitSoftCap output logits are bounded by it through tanh, or null
     */
    public record Embeddings(double scale, boolean tied, @Nullable Double logitSoftCap) {}

    @Override
    public int vocabularySize() {
        return dimensions.vocabulary;
    }

    @Override
    public int hiddenSize() {
        return dimensions.hidden;
    }

    @Override
    public boolean tiesEmbeddings() {
        return embeddings.tied;
    }

    @Override
    public String embeddingName() {
        return "model.embed_tokens.weight";
    }

    @Override
    public String headName() {
        return "lm_head.weight";
    }

    @Override
    public Map<String, Integer> blockCounts() {
        return Map.of("model.layers.", dimensions.layers);
    }

    @Override
    public Map<String, Shape> tensorShapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put(embeddingName(), Shape.of(dimensions.vocabulary, dimensions.hidden));
        for (int layer = 0; layer < dimensions.layers; layer++) {
            layerShapes("model.layers." + layer + ".", shapes);
        }
        shapes.put("model.norm.weight", Shape.of(dimensions.hidden));
        return shapes;
    }

    private void layerShapes(String layer, Map<String, Shape> shapes) {
        int hidden = dimensions.hidden;
        int feedForward = dimensions.feedForward;
        int queries = dimensions.heads * dimensions.headSize;
        int keys = dimensions.keyValueHeads * dimensions.headSize;
        linear(layer + "self_attn.q_proj", queries, hidden, biases.queryKeyValue, shapes);
        linear(layer + "self_attn.k_proj", keys, hidden, biases.queryKeyValue, shapes);
        linear(layer + "self_attn.v_proj", keys, hidden, biases.queryKeyValue, shapes);
        linear(layer + "self_attn.o_proj", hidden, queries, biases.output, shapes);
        linear(layer + "mlp.gate_proj", feedForward, hidden, biases.feedForward, shapes);
        linear(layer + "mlp.up_proj", feedForward, hidden, biases.feedForward, shapes);
        linear(layer + "mlp.down_proj", hidden, feedForward, biases.feedForward, shapes);
        shapes.put(layer + "input_layernorm.weight", Shape.of(hidden));
        shapes.put(layer + "post_attention_layernorm.weight", Shape.of(hidden));
        if (norms.ofOutputs) {
            shapes.put(layer + "pre_feedforward_layernorm.weight", Shape.of(hidden));
            shapes.put(layer + "post_feedforward_layernorm.weight", Shape.of(hidden));
        }
    }

    private static void linear(String name, int rows, int columns, boolean bias, Map<String, Shape> shapes) {
        shapes.put(name + ".weight", Shape.of(rows, columns));
        if (bias) {
            shapes.put(name + ".bias", Shape.of(rows));
        }
    }
}
