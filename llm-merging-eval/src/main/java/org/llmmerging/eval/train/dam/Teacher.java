package org.llmmerging.eval.train.dam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the models themselves answer to their own rows. */
interface Teacher {

    /**
     * One model's logits on its sequences of some rows, at every position that counts, one row after the other. Made in
     * the caller's scope, without gradient.
     *
     * @param model index of the column group
     * @param rows indices of rows
     */
    Targets targets(NDManager scope, int model, List<Integer> rows);

    /**
     * Logits to learn.
     *
     * @param logits {@code [positions, logits]}
     * @param indices the tokens that they belong to, int64 in the same shape; null when they are the whole vocabulary's
     */
    record Targets(NDArray logits, @Nullable NDArray indices) {}
}
