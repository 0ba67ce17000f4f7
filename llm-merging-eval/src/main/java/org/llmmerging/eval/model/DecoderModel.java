package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A decoder-only model: Llama, Mistral, Qwen2, Gemma or Gemma 2, which differ by {@link DecoderConfig} alone. */
public final class DecoderModel implements LanguageModel {
    private final DecoderConfig config;
    private final Weights weights;
    private final NDManager manager;
    private final Runnable onClose;
    private final List<DecoderLayer> layers = new ArrayList<>();
    private final float[] frequencies;
    private long tokensRead;

    DecoderModel(DecoderConfig config, Weights weights, NDManager manager, Runnable onClose) {
        this.config = config;
        this.weights = weights;
        this.manager = manager;
        this.onClose = onClose;
        this.frequencies = config.attention().rotary().frequencies(config.dimensions().headSize());
        for (int layer = 0; layer < config.dimensions().layers(); layer++) {
            layers.add(new DecoderLayer(config, weights, layer));
        }
    }

    @Override
    public DecoderConfig config() {
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

    /** An empty cache for one batch; the caller closes it. */
    KeyValueCache newCache() {
        return new KeyValueCache(manager);
    }

    /**
     * Reads tokens, with nothing read before and nothing kept for later.
     *
     * @return the normalised last hidden states, {@code [rows, width, hidden]}; those of padding mean nothing
     */
    public NDArray hiddenStates(NDManager scope, TokenLayout tokens) {
        return hiddenStates(scope, tokens, List.of());
    }

    /**
     * Reads tokens.
     *
     * @param caches what was read of the same rows before, one after the other, which are extended by these tokens; or
     *     one that is empty
     * @return the normalised last hidden states of {@code tokens}, {@code [rows, width, hidden]}; those of padding mean
     *     nothing
     */
    NDArray hiddenStates(NDManager scope, TokenLayout tokens, List<KeyValueCache> caches) {
        return Layers.scoped(() -> {
            tokensRead += (long) tokens.rows() * tokens.width();
            NDArray x = embed(scope, tokens);
            RotaryEmbedding rotary = RotaryEmbedding.at(scope, tokens, frequencies, x.getDataType());
            List<AttentionSpan<@Nullable KeyValueCache>> spans = spans(scope, tokens, caches, x.getDataType());
            for (DecoderLayer layer : layers) {
                NDArray input = x;
                x = Layers.scoped(() -> layer.forward(input, rotary, spans));
                input.close();
            }
            NDArray result = Layers.rootMeanSquareNorm(
                    x, weights.get("model.norm.weight"), config.norms().offset(), config.norms().epsilon());
            x.close();
            return result;
        });
    }

    @Override
    public NDArray predictingStates(NDManager scope, List<int[]> inputs, List<int[]> labels) {
        return hiddenStates(scope, TokenLayout.rightPadded(inputs, TokenLayout.ANY_TOKEN));
    }

    @Override
    public NDArray logits(NDArray hidden) {
        return Layers.scoped(() -> {
            String head = weights.contains(config.headName()) ? config.headName() : config.embeddingName();
            NDArray logits = Layers.wide(Layers.linear(hidden, weights.get(head), null));
            Double softCap = config.embeddings().logitSoftCap();
            return softCap == null ? logits : Layers.softCap(logits, softCap);
        });
    }

    @Override
    public void close() {
        onClose.run();
    }

    private NDArray embed(NDManager scope, TokenLayout tokens) {
        NDArray ids = HostArrays.ids(scope, tokens);
        NDArray embedded = Layers.embedding(ids, weights.get(config.embeddingName()));
        double scale = config.embeddings().scale();
        return scale == 1 ? embedded : Scaling.times(embedded, scale);
    }

    private List<AttentionSpan<@Nullable KeyValueCache>> spans(
            NDManager scope, TokenLayout tokens, List<KeyValueCache> caches, DataType type) {
        List<@Nullable Integer> windows = config.attention().windows();
        return caches.isEmpty()
                ? List.of(AttentionSpan.causal(scope, tokens, null, windows, type))
                : AttentionSpan.of(
                        tokens, caches, (own, cache) -> AttentionSpan.causal(scope, own, cache, windows, type));
    }
}
