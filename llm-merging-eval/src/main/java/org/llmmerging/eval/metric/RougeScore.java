package org.llmmerging.eval.metric;

/**
 * How much of a text another one covers.
 *
 * @param precision share of the prediction that the reference has too, between 0 and 1
 * @param recall share of the reference that the prediction has too, between 0 and 1
 * @param f1 harmonic mean of the two; 0 when both are 0
 */
public record RougeScore(double precision, double recall, double f1) {

    /** Nothing in common, or nothing to compare: also the score of an empty text against an empty text. */
    public static final RougeScore ZERO = new RougeScore(0, 0, 0);

    /** The score of {@code matches} units in common; {@link #ZERO} when either side has no units. */
    static RougeScore of(long matches, long predictionUnits, long referenceUnits) {
        if (matches == 0 || predictionUnits == 0 || referenceUnits == 0) {
            return ZERO;
        }
        double precision = (double) matches / predictionUnits;
        double recall = (double) matches / referenceUnits;
        return new RougeScore(precision, recall, 2 * precision * recall / (precision + recall));
    }
}
