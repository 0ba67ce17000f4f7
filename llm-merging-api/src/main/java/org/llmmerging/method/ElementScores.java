package org.llmmerging.method;

import org.llmmerging.Block;
import org.llmmerging.tensor.ElementKernels;

/**
 * Non-negative figures that a method ranks the elements of a tensor by, one set for each model or one for all of them.
 */
@FunctionalInterface
interface ElementScores {
    /** The magnitude of each model's task vector, rounded to float32. */
    ElementScores MAGNITUDES = ElementScores::fillMagnitudes;

    /**
     * @param block where the elements are
     * @param set which set of scores, for instance the model
     * @param from first element within the block
     * @param length how many
     * @param scores receives them, from index 0
     */
    void fill(Block block, int set, int from, int length, float[] scores);

    private static void fillMagnitudes(Block block, int model, int from, int length, float[] scores) {
        // The compiler does not vectorise this by itself: it cannot tell that the arrays are different ones.
        ElementKernels.instance().magnitudes(block.model(model), block.base(), from, length, scores);
    }
}
