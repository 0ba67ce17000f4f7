package org.llmmerging.method;

import java.util.Arrays;
import org.llmmerging.Block;

/** Which elements of each task vector a sparsifier keeps. Stateless while it is used, and thread-safe. */
interface ElementMask {
    /** Keeps every element of every model. */
    ElementMask EVERYTHING = new ElementMask() {
        @Override
        public boolean keepsAll(int model) {
            return true;
        }

        @Override
        public void fill(Block block, int model, int from, int length, float[] kept) {
            Arrays.fill(kept, 0, length, 1f);
        }
    };

    /** Whether a model's task vector stays as it is. */
    boolean keepsAll(int model);

    /**
     * Writes 1 for each element kept and 0 for each dropped.
     *
     * @param from first element within the block; the start of a row if {@link #wholeRows()}
     * @param length how many; whole rows if {@link #wholeRows()}
     * @param kept receives the result, from index 0
     */
    void fill(Block block, int model, int from, int length, float[] kept);

    /** Whether an element's fate depends on its row, so that only whole rows may be asked for. */
    default boolean wholeRows() {
        return false;
    }
}
