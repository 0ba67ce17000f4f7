package org.llmmerging.eval.model;

import java.util.BitSet;

/**
 * Makes tokens that a sequence already has less likely (Keskar et al., arXiv:1909.05858, section 4.1).
 *
 * @param factor positive scores are divided by it, negative ones multiplied; 1 changes nothing
 */
record RepetitionPenalty(float factor) {
    static final RepetitionPenalty NONE = new RepetitionPenalty(1);

    /** Whether scores stay as they are. */
    boolean isNone() {
        return factor == 1;
    }

    /**
     * Changes the scores of a sequence's tokens, of each once however often it is there.
     *
     * @param scores of every token of the vocabulary
     */
    void apply(float[] scores, BitSet tokens) {
        tokens.stream().forEach(token -> scores[token] = scores[token] < 0
                ? scores[token] * factor
                : scores[token] / factor);
    }
}
