package org.llmmerging.checkpoint;

import org.jspecify.annotations.Nullable;
import org.llmmerging.tensor.Shape;

/**
 * What an adapter does to one tensor of the base: another takes its place, something of low rank is added, or first the
 * one and then the other, as with a trained embedding that was saved with its factors.
 *
 * @param replacement the tensor of the adapter's file that takes the place of the base's, or null
 * @param module the factors, or null; never null together with {@code replacement}
 */
record LoraChange(@Nullable TensorInfo replacement, @Nullable LoraModule module) {

    /** The shape that the base's tensor must have. */
    Shape shape() {
        if (replacement != null) {
            return replacement.shape();
        }
        if (module != null) {
            return module.weightShape();
        }
        throw new IllegalStateException("a change that changes nothing");
    }
}
