package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;

/**
 * The weights of a model by their names in the checkpoint. A model asks for a weight each time it uses it, so that a
 * training loop may hand out arrays that it has just computed and that carry gradients.
 */
public interface Weights {

    /**
     * The weight, in the shape that the checkpoint stores. The caller leaves it unchanged and open.
     *
     * @throws IllegalArgumentException when there is no such weight
     */
    NDArray get(String name);

    /** Whether there is a weight of this name. */
    boolean contains(String name);
}
