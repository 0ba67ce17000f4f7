package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** An encoder-decoder: T5 version 1.0 and Flan-T5. */
public final class EncoderDecoderModel implements LanguageModel {
    private final EncoderDecoderConfig config;
    private final Weights weights;
    private final NDManager manager;
    private final Runnable onClose;
    private final List<EncoderDecoderBlock> encoder = new ArrayList<>();
    private final List<EncoderDecoderBlock> decoder = new ArrayList<>();
    private long tokensRead;

    EncoderDecoderModel(EncoderDecoderConfig config, Weights weights, NDManager manager, Runnable onClose) {
        this.config = config;
        this.weights = weights;
        this.manager = manager;
        this.onClose = onClose;
        for (int block = 0; block < config.encoderLayers(); block++) {
            encoder.add(new EncoderDecoderBlock(config, weights, "encoder", block));
        }
        for (int block = 0; block < config.decoderLayers(); block++) {
            decoder.add(new EncoderDecoderBlock(config, weights, "decoder", block));
        }
    }

    @Override
    public EncoderDecoderConfig config() {
        return config;
    }

    @Override
    public NDManager manager() {
        return manager;
    }

    @Override
    public Weights weights() {
        return weights;
    }

    @Override
    public long tokensRead() {
        return tokensRead;
    }

    /** An empty cache of the decoder's own tokens, for one batch; the caller closes it. */
    KeyValueCache newCache() {
        return new KeyValueCache(manager);
    }

    /** Reads the inputs of a batch; the caller closes the result. */
    EncodedInput encode(TokenLayout tokens) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray hidden = Layers.scoped(() -> {
                NDArray bias = bias(scope, "encoder", true, tokens, tokens);
                NDArray mask = AttentionMask.full(scope, tokens, tokens, bias.getDataType());
                NDArray combined = mask == null ? bias : bias.add(mask);
                return run(scope, "encoder", tokens, encoder, (block, x) -> block.encode(x, combined));
            });
            return new EncodedInput(manager, tokens, hidden);
        }
    }

    /** Reads inputs, equal ones once; the caller closes the result, which has a row for each. */
    EncodedInput encode(List<int[]> inputs, int padId) {
        List<int[]> distinct = new ArrayList<>();
        Map<List<Integer>, Integer> rows = new HashMap<>();
        int[] ofInput = new int[inputs.size()];
        for (int i = 0; i < ofInput.length; i++) {
            int[] input = inputs.get(i);
            ofInput[i] = rows.computeIfAbsent(Arrays.stream(input).boxed().toList(), key -> {
                distinct.add(input);
                return distinct.size() - 1;
            });
        }
        EncodedInput encoded = encode(TokenLayout.rightPadded(distinct, padId));
        if (distinct.size() < inputs.size()) {
            encoded.select(ofInput);
        }
        return encoded;
    }

    /**
     * Reads decoder tokens, the start token among them.
     *
     * @param encoded the same rows' inputs, one after the other
     * @param cache what was read of the same rows before, extended by these tokens; or null to begin and forget
     * @return the decoder's last hidden states, {@code [rows, width, hidden]}; those of padding mean nothing
     */
    NDArray decode(
            NDManager scope, TokenLayout tokens, List<EncodedInput> encoded, @Nullable KeyValueCache cache) {
        return Layers.scoped(() -> {
            TokenLayout keys = cache == null ? tokens : cache.extend(tokens);
            NDArray bias = bias(scope, "decoder", false, tokens, keys);
            NDArray mask = AttentionMask.causal(scope, tokens, keys, null, bias.getDataType());
            NDArray combined = mask == null ? bias : bias.add(mask);
            List<AttentionSpan<EncodedInput>> inputs = AttentionSpan.of(
                    tokens, encoded, (own, part) -> AttentionSpan.full(scope, own, part, bias.getDataType()));
            return run(
                    scope,
                    "decoder",
                    tokens,
                    decoder,
                    (block, x) -> block.decode(x, combined, inputs, cache));
        });
    }

    @Override
    public NDArray predictingStates(NDManager scope, List<int[]> inputs, List<int[]> labels) {
        TokenLayout written = TokenLayout.rightPadded(labels.stream().map(config::decoderInput).toList(),
                TokenLayout.ANY_TOKEN);
        try (EncodedInput encoded = encode(TokenLayout.rightPadded(inputs, TokenLayout.ANY_TOKEN))) {
            return decode(scope, written, List.of(encoded), null);
        }
    }

    @Override
    public NDArray logits(NDArray hidden) {
        return Layers.scoped(() -> {
            String head = weights.contains(config.headName()) ? config.headName() : config.embeddingName();
            NDArray scaled = config.scalesOutput() ? Scaling.times(hidden, 1 / Math.sqrt(config.hiddenSize())) : hidden;
            return Layers.wide(Layers.linear(scaled, weights.get(head), null));
        });
    }

    @Override
    public void close() {
        onClose.run();
    }

    private NDArray run(
            NDManager scope,
            String stack,
            TokenLayout tokens,
            List<EncoderDecoderBlock> blocks,
            BiFunction<EncoderDecoderBlock, NDArray, NDArray> forward) {
        tokensRead += (long) tokens.rows() * tokens.width();
        NDArray x = Layers.embedding(HostArrays.ids(scope, tokens), weights.get(config.embeddingName()));
        for (EncoderDecoderBlock block : blocks) {
            NDArray input = x;
            x = Layers.scoped(() -> forward.apply(block, input));
            input.close();
        }
        NDArray result = Layers.rootMeanSquareNorm(
                x, weights.get(stack + ".final_layer_norm.weight"), 0, config.normEpsilon());
        x.close();
        return result;
    }

    private NDArray bias(
            NDManager scope, String stack, boolean bidirectional, TokenLayout queries, TokenLayout keys) {
        NDArray table = weights.get(stack + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight");
        return new RelativePositions(config.buckets(), config.maximumDistance(), bidirectional)
                .bias(scope, queries, keys, table);
    }
}
