package org.llmmerging.eval.model;

/** How the log-probabilities of a choice's tokens become its score. */
public enum ScoringMode {
    /**
     * As the original kit: the sum over the choice's tokens and the end-of-sequence token, of which a decoder's first
     * is left out, so that a choice of one token is scored by the end-of-sequence token alone. Comparable with
     * published figures.
     */
    KIT,
    /** The sum over every token. */
    FULL,
    /** {@link #FULL} divided by the number of tokens. */
    NORMALIZED;

    /**
     * The score of one choice.
     *
     * @param logProbabilities one for each token, the end-of-sequence token included
     * @param isDecoder whether the model is a decoder
     * @return the score; 0 when there is no token to count
     */
    public double score(float[] logProbabilities, boolean isDecoder) {
        double sum = 0;
        for (int i = this == KIT && isDecoder ? 1 : 0; i < logProbabilities.length; i++) {
            sum += logProbabilities[i];
        }
        return this == NORMALIZED && logProbabilities.length > 0 ? sum / logProbabilities.length : sum;
    }
}
