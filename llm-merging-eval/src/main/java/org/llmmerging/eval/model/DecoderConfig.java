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
 * @param queryKeyValueBias whether the query, key and value projections have biases
 * @param outputBias whether the attention's output projection has one
 * @param feedForwardBias whether the feed-forward projections have them
 * @param normOffset added to every norm's weight: 1 in Gemma, else 0
 * @param hasPostNorms whether the outputs of attention and feed-forward are normalised too (Gemma 2)
 * @param embeddingScale the embedding is multiplied by it: √hidden in Gemma, else 1
 * @param attentionScale attention logits are multiplied by it
 * @param attentionSoftCap attention logits are bounded by it through tanh, or null
 * @param logitSoftCap output logits are bounded by it through tanh, or null
 * @param windows for each layer, how many keys a query sees, itself included, or null when it sees all
 * @param maximumPositions the longest sequence that the model was made for
 */
public record DecoderConfig(
        Path file,
        String modelType,
        int vocabularySize,
        int hiddenSize,
        int feedForwardSize,
        int layers,
        int heads,
        int keyValueHeads,
        int headSize,
        int maximumPositions,
        double normEpsilon,
        double normOffset,
        boolean hasPostNorms,
        double embeddingScale,
        RotaryConfig rotary,
        Activation activation,
        boolean queryKeyValueBias,
        boolean outputBias,
        boolean feedForwardBias,
        double attentionScale,
        @Nullable Double attentionSoftCap,
        @Nullable Double logitSoftCap,
        List<@Nullable Integer> windows,
        boolean tiesEmbeddings)
        implements
            ModelConfig {

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
        return Map.of("model.layers.", layers);
    }

    @Override
    public Map<String, Shape> tensorShapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put(embeddingName(), Shape.of(vocabularySize, hiddenSize));
        for (int layer = 0; layer < layers; layer++) {
            layerShapes("model.layers." + layer + ".", shapes);
        }
        shapes.put("model.norm.weight", Shape.of(hiddenSize));
        return shapes;
    }

    private void layerShapes(String layer, Map<String, Shape> shapes) {
        int queries = heads * headSize;
        int keys = keyValueHeads * headSize;
        linear(layer + "self_attn.q_proj", queries, hiddenSize, queryKeyValueBias, shapes);
        linear(layer + "self_attn.k_proj", keys, hiddenSize, queryKeyValueBias, shapes);
        linear(layer + "self_attn.v_proj", keys, hiddenSize, queryKeyValueBias, shapes);
        linear(layer + "self_attn.o_proj", hiddenSize, queries, outputBias, shapes);
        linear(layer + "mlp.gate_proj", feedForwardSize, hiddenSize, feedForwardBias, shapes);
        linear(layer + "mlp.up_proj", feedForwardSize, hiddenSize, feedForwardBias, shapes);
        linear(layer + "mlp.down_proj", hiddenSize, feedForwardSize, feedForwardBias, shapes);
        shapes.put(layer + "input_layernorm.weight", Shape.of(hiddenSize));
        shapes.put(layer + "post_attention_layernorm.weight", Shape.of(hiddenSize));
        if (hasPostNorms) {
            shapes.put(layer + "pre_feedforward_layernorm.weight", Shape.of(hiddenSize));
            shapes.put(layer + "post_feedforward_layernorm.weight", Shape.of(hiddenSize));
        }
    }

    private static void linear(String name, int rows, int columns, boolean bias, Map<String, Shape> shapes) {
        shapes.put(name + ".weight", Shape.of(rows, columns));
        if (bias) {
            shapes.put(name + ".bias", Shape.of(rows));
        }
    }
}
