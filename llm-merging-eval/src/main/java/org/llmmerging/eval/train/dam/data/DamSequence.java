package org.llmmerging.eval.train.dam.data;

import java.util.Arrays;

/**
 * One model's sequence in one row of a combined data set, not padded. The arrays are not copied: nobody changes them.
 *
 * @param inputIds the tokens that the model reads: of a decoder the prompt and the answer, of an encoder-decoder the
 *     prompt
 * @param labels of an encoder-decoder the tokens of the answer, which its decoder is to write; empty for a decoder
 */
public record DamSequence(int[] inputIds, int[] labels) {

    /** Number of positions that there are logits for: those of the labels where there are labels, else of the input. */
    public int positions() {
        return labels.length == 0 ? inputIds.length : labels.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DamSequence that
                && Arrays.equals(inputIds, that.inputIds)
                && Arrays.equals(labels, that.labels);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(inputIds) + Arrays.hashCode(labels);
    }

    @Override
    public String toString() {
        return "input " + Arrays.toString(inputIds) + ", labels " + Arrays.toString(labels);
    }
}
