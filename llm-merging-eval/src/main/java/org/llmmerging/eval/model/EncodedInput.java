package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * An encoder's reading of a batch: its last hidden states, and what each decoder layer makes of them, computed once.
 * Not thread-safe; closing frees the memory.
 */
final class EncodedInput implements HeldRows {
    private final NDManager manager;
    private final List<NDArray> keys = new ArrayList<>();
    private final List<NDArray> values = new ArrayList<>();
    private TokenLayout tokens;
    private NDArray hidden;

    EncodedInput(NDManager parent, TokenLayout tokens, NDArray hidden) {
        this.manager = parent.newSubManager();
        this.tokens = tokens;
        this.hidden = own(hidden);
    }

    /**
     * What was read in several passes, as if in one; the caller closes the result.
     *
     * @param passes before any of their layers is held; unchanged
     * @param tokens all their rows, in as many columns as the widest pass has
     */
    static EncodedInput joined(NDManager parent, List<EncodedInput> passes, TokenLayout tokens) {
        NDArray first = passes.getFirst().hidden;
        // Zeros, for what stands in place of padding is multiplied by nothing, and nothing times NaN is NaN.
        NDArray hidden = parent.zeros(
                new Shape(tokens.rows(), tokens.width(), first.getShape().get(2)), first.getDataType());
        int begin = 0;
        for (EncodedInput pass : passes) {
            int end = begin + pass.rows();
            hidden.set(
                    new NDIndex().addSliceDim(begin, end).addSliceDim(0, pass.tokens.width()), pass.hidden);
            begin = end;
        }
        return new EncodedInput(parent, tokens, hidden);
    }

    /** The encoder's normalised last hidden states, {@code [rows, width, hidden]}; those of padding mean nothing. */
    NDArray hidden() {
        return hidden;
    }

    TokenLayout tokens() {
        return tokens;
    }

    /** Whether the keys and values of a layer are held. */
    boolean hasLayer(int layer) {
        return layer < keys.size();
    }

    /** Holds the keys and values of the next layer. */
    void addLayer(NDArray layerKeys, NDArray layerValues) {
        keys.add(own(layerKeys));
        values.add(own(layerValues));
    }

    NDArray keys(int layer) {
        return keys.get(layer);
    }

    NDArray values(int layer) {
        return values.get(layer);
    }

    @Override
    public int rows() {
        return tokens.rows();
    }

    @Override
    public void select(int[] rows) {
        tokens = tokens.select(rows);
        try (NDManager scope = manager.newSubManager()) {
            NDArray indices = HostArrays.indices(scope, rows);
            hidden = selected(hidden, indices);
            keys.replaceAll(array -> selected(array, indices));
            values.replaceAll(array -> selected(array, indices));
        }
    }

    @Override
    public void close() {
        manager.close();
    }

    private NDArray selected(NDArray array, NDArray indices) {
        NDArray selected = own(Layers.selectRows(array, indices));
        array.close();
        return selected;
    }

    private NDArray own(NDArray array) {
        array.attach(manager);
        NDScope.unregister(array);
        return array;
    }
}
