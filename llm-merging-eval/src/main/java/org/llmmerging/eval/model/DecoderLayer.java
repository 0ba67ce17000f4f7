package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One layer of a decoder: attention and gated feed-forward, each on the normalised input and added to it. */
final class DecoderLayer {
    private final DecoderConfig config;
    private final Weights weights;
    private final int index;
    private final String prefix;

    DecoderLayer(DecoderConfig config, Weights weights, int index) {
        this.config = config;
        this.weights = weights;
        this.index = index;
        this.prefix = "model.layers." + index + ".";
    }

    /**
     * @param x {@code [rows, width, hidden]}
     * @param spans the rows of {@code x}; their caches are extended by this layer's keys and values
     */
    NDArray forward(NDArray x, RotaryEmbedding rotary, List<AttentionSpan<@Nullable KeyValueCache>> spans) {
        NDArray attended = attention(norm(x, "input_layernorm"), rotary, spans);
        if (!config.norms().ofOutputs()) {
            NDArray middle = attended.addi(x);
            return feedForward(norm(middle, "post_attention_layernorm")).addi(middle);
        }
        NDArray middle = norm(attended, "post_attention_layernorm").addi(x);
        NDArray fed = feedForward(norm(middle, "pre_feedforward_layernorm"));
        return norm(fed, "post_feedforward_layernorm").addi(middle);
    }

    private NDArray attention(NDArray x, RotaryEmbedding rotary, List<AttentionSpan<@Nullable KeyValueCache>> spans) {
        NDArray queries = rotary.apply(heads(x, "q_proj", config.dimensions().heads()));
        NDArray keys = rotary.apply(heads(x, "k_proj", config.dimensions().keyValueHeads()));
        NDArray values = heads(x, "v_proj", config.dimensions().keyValueHeads());
        NDArray attended = AttentionSpan.over(spans, new NDList(queries, keys, values), this::attend);
        return Layers.linear(attended, weights, prefix + "self_attn.o_proj");
    }

    private NDArray attend(AttentionSpan<@Nullable KeyValueCache> span, NDList own) {
        NDArray keys = own.get(1);
        NDArray values = own.get(2);
        KeyValueCache cache = span.held();
        NDArray mask = span.masks().get(config.attention().windows().get(index));
        return Attention.attend(
                own.get(0),
                cache == null ? keys : cache.extendKeys(index, keys),
                cache == null ? values : cache.extendValues(index, values),
                mask,
                config.attention().scale(),
                config.attention().softCap());
    }

    private NDArray heads(NDArray x, String projection, int heads) {
        return Attention.splitHeads(Layers.linear(x, weights, prefix + "self_attn." + projection), heads);
    }

    private NDArray feedForward(NDArray x) {
        NDArray gate = config.activation().apply(Layers.linear(x, weights, prefix + "mlp.gate_proj"));
        NDArray up = Layers.linear(x, weights, prefix + "mlp.up_proj");
        return Layers.linear(Layers.gated(gate, up), weights, prefix + "mlp.down_proj");
    }

    private NDArray norm(NDArray x, String name) {
        return Layers.rootMeanSquareNorm(
                x, weights.get(prefix + name + ".weight"), config.norms().offset(), config.norms().epsilon());
    }
}
