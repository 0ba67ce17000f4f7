package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One block of T5's encoder or decoder: self-attention, in a decoder cross-attention, and feed-forward. */
final class EncoderDecoderBlock {
    private static final String CROSS_ATTENTION = "1.EncDecAttention.";

    private final EncoderDecoderConfig config;
    private final Weights weights;
    private final int index;
    private final String prefix;

    /** @param stack {@code encoder} or {@code decoder} */
    EncoderDecoderBlock(EncoderDecoderConfig config, Weights weights, String stack, int index) {
        this.config = config;
        this.weights = weights;
        this.index = index;
        this.prefix = stack + ".block." + index + ".layer.";
    }

    /** Encoder: every token sees every other, {@code bias} added. */
    NDArray encode(NDArray x, NDArray bias) {
        NDArray middle = selfAttention(x, bias, null).addi(x);
        return feedForward(middle, "1").addi(middle);
    }

    /**
     * Decoder.
     *
     * @param bias relative positions and causality
     * @param inputs what the encoder read; given this block's keys and values at first use
     * @param cache extended by this block's keys and values, or null
     */
    NDArray decode(
            NDArray x, NDArray bias, List<AttentionSpan<EncodedInput>> inputs, @Nullable KeyValueCache cache) {
        NDArray middle = selfAttention(x, bias, cache).addi(x);
        NDArray crossed = crossAttention(middle, inputs).addi(middle);
        return feedForward(crossed, "2").addi(crossed);
    }

    private NDArray selfAttention(NDArray x, NDArray bias, @Nullable KeyValueCache cache) {
        String attention = "0.SelfAttention.";
        NDArray normed = norm(x, "0");
        NDArray keys = heads(normed, attention + "k");
        NDArray values = heads(normed, attention + "v");
        if (cache != null) {
            keys = cache.extendKeys(index, keys);
            values = cache.extendValues(index, values);
        }
        // T5 does not scale attention logits: its initialisation makes up for it.
        NDArray attended = Attention.attend(heads(normed, attention + "q"), keys, values, bias, 1, null);
        return Layers.linear(attended, weights, prefix + attention + "o");
    }

    private NDArray crossAttention(NDArray x, List<AttentionSpan<EncodedInput>> inputs) {
        NDArray queries = heads(norm(x, "1"), CROSS_ATTENTION + "q");
        NDArray attended = AttentionSpan.over(inputs, new NDList(queries), this::attendToInput);
        return Layers.linear(attended, weights, prefix + CROSS_ATTENTION + "o");
    }

    private NDArray attendToInput(AttentionSpan<EncodedInput> span, NDList own) {
        EncodedInput encoded = span.held();
        if (!encoded.hasLayer(index)) {
            encoded.addLayer(
                    laidOut(heads(encoded.hidden(), CROSS_ATTENTION + "k")),
                    laidOut(heads(encoded.hidden(), CROSS_ATTENTION + "v")));
        }
        return Attention.attend(
                own.singletonOrThrow(),
                encoded.keys(index),
                encoded.values(index),
                span.masks().get(null),
                1,
                null);
    }

    /**
     * The same values with each head's tokens one behind the other, for every token that is written multiplies by them,
     * and the engine would copy them anew each time.
     */
    private static NDArray laidOut(NDArray heads) {
        Shape shape = heads.getShape();
        return heads.reshape(shape.get(0) * shape.get(1), shape.get(2), shape.get(3)).reshape(shape);
    }

    private NDArray feedForward(NDArray x, String layer) {
        String dense = prefix + layer + ".DenseReluDense.";
        NDArray normed = norm(x, layer);
        NDArray inner = config.activation()
                .apply(Layers.linear(normed, weights, dense + (config.isGated() ? "wi_0" : "wi")));
        if (config.isGated()) {
            inner = Layers.gated(inner, Layers.linear(normed, weights, dense + "wi_1"));
        }
        return Layers.linear(inner, weights, dense + "wo");
    }

    private NDArray heads(NDArray x, String projection) {
        return Attention.splitHeads(Layers.linear(x, weights, prefix + projection), config.heads());
    }

    private NDArray norm(NDArray x, String layer) {
        return Layers.rootMeanSquareNorm(
                x, weights.get(prefix + layer + ".layer_norm.weight"), 0, config.normEpsilon());
    }
}
