package org.llmmerging.eval.train.dam.data;

/**
 * The largest logits at each position of a sequence, in row-major order {@code [positions, k]}.
 *
 * @param values from the largest down at each position
 * @param indices the token ids that they belong to
 * @param k how many there are at each position
 */
public record TopKLogits(float[] values, int[] indices, int k) {

    /** Number of positions. */
    public int positions() {
        return values.length / k;
    }
}
