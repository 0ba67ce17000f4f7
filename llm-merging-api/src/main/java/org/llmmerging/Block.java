package org.llmmerging;

import org.jspecify.annotations.Nullable;

/**
 * A run of consecutive elements of one tensor, from every model, widened to float32.
 *
 * <p>The arrays are working memory of one thread and are used again for the next block: read {@link #length()}
 * elements of each, write as many of {@link #output()}, keep no reference. The arrays may be longer than the block.
 */
public final class Block {
    private final float @Nullable [] base;
    private final float[][] models;
    private final float[] output;
    private long offset;
    private int length;

    /**
     * @param base the base model's elements, or null when the merge has no base of its own
     * @param models the elements of each model that is not the base
     * @param output where the merged elements go
     */
    public Block(float @Nullable [] base, float[][] models, float[] output) {
        this.base = base;
        this.models = models;
        this.output = output;
    }

    /** Says which elements the arrays now hold. */
    public Block at(long newOffset, int newLength) {
        this.offset = newOffset;
        this.length = newLength;
        return this;
    }

    /** Index of the block's first element in the flattened tensor. */
    public long offset() {
        return offset;
    }

    /** Number of elements. */
    public int length() {
        return length;
    }

    /** Number of models, the base not counted. */
    public int modelCount() {
        return models.length;
    }

    /** Elements of one model, 0 being the first that the configuration lists. */
    public float[] model(int index) {
        return models[index];
    }

    /** @throws IllegalStateException when the merge has no base */
    public float[] base() {
        if (base == null) {
            throw new IllegalStateException("this merge has no base model");
        }
        return base;
    }

    /** Where {@link TensorKernel#apply} writes. During a scan its content means nothing. */
    public float[] output() {
        return output;
    }
}
