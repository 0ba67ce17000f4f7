package org.llmmerging;

/** What a method does to one tensor once its statistics are known: elementwise, any block, on any thread. */
@FunctionalInterface
public interface TensorKernel {

    /**
     * Fills {@link Block#output()} from the block's inputs. Called from several threads at once and in any order, so
     * it changes nothing but the block's output; the result of an element depends only on that element's inputs, its
     * position, and what {@link MergeMethod#prepare} found.
     */
    void apply(Block block);

    /** Whether every block must hold whole rows, runs of the last dimension. Such blocks may be long. */
    default boolean wholeRows() {
        return false;
    }
}
