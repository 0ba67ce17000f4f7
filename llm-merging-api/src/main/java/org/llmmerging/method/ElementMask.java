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
        public Reader reader() {
            return (block, model, from, length, kept) -> Arrays.fill(kept, 0, Tiles.maskWords(length), -1L);
        }
    };

    /** Whether a model's task vector stays as it is. */
    boolean keepsAll(int model);

    /** What one thread asks; it may hold working memory, so one is made for a block and used for all of its tiles. */
    Reader reader();

    /** Whether an element's fate depends on its row, so that only whole rows may be asked for. */
    default boolean wholeRows() {
        return false;
    }

    /** Marks which elements are kept. One thread only. */
    @FunctionalInterface
    interface Reader {
        /**
         * Marks those of a run of elements.
         *
         * @param from first element within the block; the start of a row if {@link ElementMask#wholeRows()}
         * @param length how many; whole rows if {@link ElementMask#wholeRows()}
         * @param kept receives the mask, in the form of {@link org.llmmerging.tensor.ElementKernels}
         */
        void fill(Block block, int model, int from, int length, long[] kept);
    }
}
