package org.llmmerging.method;

import java.util.Arrays;
import org.llmmerging.Block;
import org.llmmerging.TensorInputs;
import org.llmmerging.tensor.FloatKernels;

/** Which vectors a method in the span of its inputs looks at. */
enum Frame {
    /** The models; there is no base. */
    MODELS,
    /** The base, then the models. */
    BASE_AND_MODELS,
    /** Each model less the base. */
    TASK_VECTORS,
    /** Each model less the first: for a point that does not depend on the origin, and where there is no base. */
    FROM_FIRST;

    /** Task vectors when there is a base, else the models. */
    static Frame of(TensorInputs inputs) {
        return inputs.hasBase() ? TASK_VECTORS : MODELS;
    }

    /** Number of vectors. */
    int size(TensorInputs inputs) {
        return inputs.modelCount() + (this == BASE_AND_MODELS ? 1 : 0);
    }

    /** The stored array behind a vector: for a task vector the model's, the base not yet taken off. */
    float[] stored(Block block, int index) {
        if (this != BASE_AND_MODELS) {
            return block.model(index);
        }
        return index == 0 ? block.base() : block.model(index - 1);
    }

    /**
     * Adds the inner products of all pairs of vectors over {@code length} elements of a block from {@code from}.
     *
     * @param packed the lower triangle row by row
     */
    void addInnerProducts(Block block, int size, int from, int length, double[] packed) {
        float[][] vectors = new float[size][];
        Arrays.setAll(vectors, index -> stored(block, index));
        float[] origin = switch (this) {
            case MODELS, BASE_AND_MODELS -> null;
            case TASK_VECTORS -> block.base();
            case FROM_FIRST -> block.model(0);
        };
        FloatKernels.instance().addInnerProducts(vectors, origin, from, length, packed);
    }
}
