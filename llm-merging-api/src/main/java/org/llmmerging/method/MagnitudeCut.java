package org.llmmerging.method;

import org.llmmerging.Block;
import org.llmmerging.tensor.ElementKernels;

/**
 * The largest scores of a tensor, as many as were asked for: those above a threshold, and of those equal to it the ones
 * that come first. Immutable.
 *
 * @param threshold the smallest score inside
 * @param lastIndex of the scores equal to the threshold, those up to this element are inside
 */
record MagnitudeCut(float threshold, long lastIndex) {
    /** Nothing is inside. */
    static final MagnitudeCut NONE = new MagnitudeCut(Float.POSITIVE_INFINITY, -1);
    /** Everything is inside. */
    static final MagnitudeCut ALL = new MagnitudeCut(0, Long.MAX_VALUE);

    /**
     * Marks the elements of a model's task vector whose magnitude is inside.
     *
     * @param inside receives the mask, in the form of {@link ElementKernels}
     */
    void markMagnitudes(Block block, int model, int from, int length, long[] inside) {
        mark(block.model(model), block.base(), from, block.offset() + from, length, inside);
    }

    /**
     * Marks the scores that are inside, and what is not a number.
     *
     * @param scores non-negative, from index 0
     * @param zeros as many
     * @param start index of the first of them in the flattened tensor
     * @param inside receives the mask, in the form of {@link ElementKernels}
     */
    void markScores(float[] scores, float[] zeros, long start, int length, long[] inside) {
        mark(scores, zeros, 0, start, length, inside);
    }

    private void mark(float[] values, float[] origin, int from, long start, int length, long[] inside) {
        ElementKernels kernels = ElementKernels.instance();
        int split = split(start, length);
        if (split == length) {
            kernels.markMagnitudes(values, origin, from, length, threshold, inside);
            return;
        }
        kernels.markMagnitudes(values, origin, from, length, Math.nextUp(threshold), inside);
        if (split > 0) {
            long[] ofFirst = new long[Tiles.maskWords(split)];
            kernels.markMagnitudes(values, origin, from, split, threshold, ofFirst);
            int last = ofFirst.length - 1;
            System.arraycopy(ofFirst, 0, inside, 0, last);
            long beyond = split % Long.SIZE == 0 ? 0 : -1L << split;
            inside[last] = (inside[last] & beyond) | (ofFirst[last] & ~beyond);
        }
    }

    /** How many of {@code length} elements from {@code start} are inside when they are equal to the threshold. */
    private int split(long start, int length) {
        long first = lastIndex == Long.MAX_VALUE ? length : lastIndex - start + 1;
        return (int) Math.clamp(first, 0L, (long) length);
    }
}
