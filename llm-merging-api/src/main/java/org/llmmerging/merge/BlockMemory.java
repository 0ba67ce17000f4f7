package org.llmmerging.merge;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Block;
import org.llmmerging.checkpoint.TensorSource;

/** The working memory of one thread for one tensor: a block and the sources that fill it. Not thread-safe. */
final class BlockMemory {
    private final @Nullable TensorSource baseSource;
    private final List<TensorSource> modelSources;
    private final float @Nullable [] base;
    private final float[][] models;
    private final Block block;

    BlockMemory(@Nullable TensorSource baseSource, List<TensorSource> modelSources, int capacity) {
        this.baseSource = baseSource;
        this.modelSources = modelSources;
        this.base = baseSource == null ? null : new float[capacity];
        this.models = new float[modelSources.size()][capacity];
        this.block = new Block(base, models, new float[capacity]);
    }

    /** Reads the elements from {@code first} on from every source. */
    Block read(long first, int length) {
        if (baseSource != null && base != null) {
            baseSource.read(first, base, length);
        }
        for (int i = 0; i < models.length; i++) {
            modelSources.get(i).read(first, models[i], length);
        }
        return block.at(first, length);
    }
}
