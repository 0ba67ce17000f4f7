package org.llmmerging.method;

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

    /** Whether an element is inside. */
    boolean contains(float score, long index) {
        return score > threshold || (score == threshold && index <= lastIndex);
    }

    /**
     * Writes 1 for each element inside and 0 for the others.
     *
     * @param scores non-negative, finite
     * @param start index of the first of them in the flattened tensor
     * @param inside receives the result; may be {@code scores}
     */
    void mark(float[] scores, long start, int length, float[] inside) {
        int split = (int) Math.clamp(subtractSaturated(lastIndex, start) + 1, 0L, (long) length);
        float cut = threshold;
        // The difference of unequal floats is never zero, so its sign tells; this form is vectorised.
        for (int i = 0; i < split; i++) {
            inside[i] = 1 - Math.signum(Math.max(cut - scores[i], 0f));
        }
        for (int i = split; i < length; i++) {
            inside[i] = Math.signum(Math.max(scores[i] - cut, 0f));
        }
    }

    private static long subtractSaturated(long last, long start) {
        return last == Long.MAX_VALUE ? Long.MAX_VALUE - 1 : last - start;
    }
}
