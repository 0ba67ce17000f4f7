package org.llmmerging;

import org.jspecify.annotations.Nullable;
import org.llmmerging.tensor.Shape;

/**
 * A merge method written on whole tensors, for when that is simpler than a streaming kernel. Every tensor is held in
 * memory once for each model while it is merged. A larger tensor than {@link #MOST_ELEMENTS} is refused when the merge
 * is planned.
 */
public abstract class WholeTensorMethod implements MergeMethod {
    /** As many elements as an array can have. */
    public static final long MOST_ELEMENTS = Integer.MAX_VALUE - 8L;

    /**
     * Merges one tensor. Called for one tensor after the other, on one thread. The arrays are copies, which may be
     * written to.
     *
     * @param name the tensor's name
     * @param shape its shape
     * @param base the base model's elements in row-major order, or null without a base
     * @param models the elements of every other model
     * @param parameters values for this tensor
     * @return the merged elements, as many as {@code shape} has; may be one of the arrays given, and is read until the
     *     tensor is written
     */
    protected abstract float[] merge(
            String name, Shape shape, float @Nullable [] base, float[][] models, Parameters parameters);

    @Override
    public final TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        Shape shape = inputs.shape();
        int size = Math.toIntExact(shape.elements());
        float[][] models = new float[inputs.modelCount()][size];
        float[] base = inputs.hasBase() ? new float[size] : null;
        inputs.perChunk(chunk -> {
            int at = (int) chunk.offset();
            for (int i = 0; i < models.length; i++) {
                System.arraycopy(chunk.model(i), 0, models[i], at, chunk.length());
            }
            if (base != null) {
                System.arraycopy(chunk.base(), 0, base, at, chunk.length());
            }
            return 0;
        });
        float[] merged = merge(inputs.tensorName(), shape, base, models, parameters);
        if (merged == null || merged.length != size) {
            throw new IllegalStateException(name() + " returned "
                    + (merged == null ? "null" : merged.length + " elements") + " for " + inputs.tensorName()
                    + ", whose shape is " + shape);
        }
        return block -> System.arraycopy(merged, (int) block.offset(), block.output(), 0, block.length());
    }
}
