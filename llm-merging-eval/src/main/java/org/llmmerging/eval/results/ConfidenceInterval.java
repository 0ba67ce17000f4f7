package org.llmmerging.eval.results;

import java.util.Arrays;

/**
 * The mean of a few independent figures, and how far from it the true mean may be.
 *
 * @param mean of the figures
 * @param halfWidth the true mean lies within this distance of {@code mean} in 95 of 100 such experiments, where the
 *     figures are normally distributed (Student's t); NaN when there is only one figure
 * @param count number of figures
 */
public record ConfidenceInterval(double mean, double halfWidth, int count) {
    private static final double COVERAGE = 0.95;
    private static final int HALVINGS = 200;

    /** @throws IllegalArgumentException when there is no figure */
    public static ConfidenceInterval of(double... figures) {
        if (figures.length == 0) {
            throw new IllegalArgumentException("no figures");
        }
        double mean = Arrays.stream(figures).average().orElseThrow();
        int freedom = figures.length - 1;
        if (freedom == 0) {
            return new ConfidenceInterval(mean, Double.NaN, 1);
        }
        double squares = Arrays.stream(figures).map(figure -> (figure - mean) * (figure - mean)).sum();
        double standardError = Math.sqrt(squares / freedom / figures.length);
        return new ConfidenceInterval(mean, standardError == 0 ? 0 : quantile(freedom) * standardError, figures.length);
    }

    /** The t for which |T| is below t with a probability of 0.95, for so many degrees of freedom, at least 1. */
    static double quantile(int freedom) {
        double low = 0;
        double high = 20;
        for (int step = 0; step < HALVINGS; step++) {
            double middle = (low + high) / 2;
            if (probability(middle, freedom) < COVERAGE) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /** P(|T| < t): Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.3 and 26.7.4. */
    private static double probability(double t, int freedom) {
        double angle = Math.atan(t / Math.sqrt(freedom));
        double cosine = Math.cos(angle);
        boolean odd = freedom % 2 == 1;
        double term = odd ? cosine : 1;
        double sum = freedom == 1 ? 0 : term;
        for (int power = odd ? 3 : 2; power <= freedom - 2; power += 2) {
            term *= cosine * cosine * (power - 1) / power;
            sum += term;
        }
        double series = Math.sin(angle) * sum;
        return odd ? 2 / Math.PI * (angle + series) : series;
    }
}
