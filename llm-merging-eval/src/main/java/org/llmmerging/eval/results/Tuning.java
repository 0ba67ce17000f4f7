package org.llmmerging.eval.results;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Chooses the numbers of a method by their score on validation rows. */
final class Tuning {
    private Tuning() {}

    /**
     * The setting of a method's grid with the largest score, the first of several that are equal.
     *
     * @param method the name before the architecture, such as {@code ties}
     * @param given what is taken when the method has nothing to choose
     * @param score of a setting, larger is better; one that is not a number is never chosen
     */
    static TuningPoint best(String method, TuningPoint given, ToDoubleFunction<TuningPoint> score) {
        List<TuningPoint> grid = TuningGrid.of(method);
        TuningPoint best = given;
        double highest = Double.NEGATIVE_INFINITY;
        for (TuningPoint setting : grid) {
            double reached = score.applyAsDouble(setting);
            if (reached > highest) {
                highest = reached;
                best = setting;
            }
        }
        return best;
    }
}
