package org.llmmerging.merge;

import org.jspecify.annotations.Nullable;
import org.llmmerging.Block;
import org.llmmerging.checkpoint.TensorSource;

/** The working memory of one thread for one tensor: a block and the sources that fill it. Not thread-safe. */
final class BlockMemory {
    private final SourceTensors sources;
    private final float @Nullable [] base;
    private final float[][] models;
    private final Block block;

    BlockMemory(SourceTensors sources, int capacity) {
        this.sources = sources;
        this.base = sources.base() == null ? null : new float[capacity];
        this.models = new float[sources.models().size()][capacity];
        this.block = new Block(base, models, new float[capacity]);
    }

    /** Reads the elements from {@code first} on from every source. */
    Block read(long first, int length) {
        TensorSource ofBase = sources.base();
        if (ofBase != null && base != null) {
            ofBase.read(first, base, length);
        }
        for (int i = 0; i < models.length; i++) {
            sources.models().get(i).read(first, models[i], length);
        }
        return block.at(first, length);
    }
}
