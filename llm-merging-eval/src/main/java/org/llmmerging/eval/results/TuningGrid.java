package org.llmmerging.eval.results;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** What is tried of each method, on three models; the first is the plainest, which wins when others are no better. */
final class TuningGrid {
    private static final int MODELS = 3;
    private static final double[] DENSITIES = {0.8, 0.5};

    private TuningGrid() {}

    /**
     * The settings of a method.
     *
     * @param method the name before the architecture, such as {@code ties}
     * @return at least two, or none when the method has nothing to choose
     */
    static List<TuningPoint> of(String method) {
        return switch (method) {
            case "avg" -> averages();
            case "slerp" -> each(1, 0.5, 0.4, 0.6);
            case "ta" -> scales();
            case "ties" -> scaled();
            case "dare" -> sparse(0.4, 0.6, 0.8);
            case "dare_ties" -> sparse(0.6, 0.8, 1.0);
            default -> List.of();
        };
    }

    private static List<TuningPoint> averages() {
        return List.of(
                weights(0.34, 0.33, 0.33),
                weights(0.5, 0.25, 0.25),
                weights(0.25, 0.5, 0.25),
                weights(0.25, 0.25, 0.5));
    }

    private static TuningPoint weights(Double... weights) {
        return new TuningPoint(List.of(weights), Map.of());
    }

    private static List<TuningPoint> each(int models, double... values) {
        List<TuningPoint> settings = new ArrayList<>();
        for (double value : values) {
            settings.add(new TuningPoint(Collections.nCopies(models, value), Map.of()));
        }
        return settings;
    }

    /** Equal ones, and some that give summaries, which need the least, less than the others. */
    private static List<TuningPoint> scales() {
        List<TuningPoint> settings = new ArrayList<>(each(MODELS, 0.5, 0.4, 0.6, 0.7, 0.8));
        settings.add(weights(0.8, 0.4, 0.6));
        settings.add(weights(0.7, 0.3, 0.5));
        settings.add(weights(0.8, 0.5, 0.7));
        return settings;
    }

    /** TIES divides by the weights, so that only the scale of the sum is left to choose. */
    private static List<TuningPoint> scaled() {
        List<TuningPoint> settings = new ArrayList<>();
        for (double scale : new double[] {1.0, 1.5}) {
            for (double density : new double[] {0.5, 0.3, 0.8}) {
                settings.add(new TuningPoint(
                        Collections.nCopies(MODELS, 1.0), Map.of("density", density, "lambda", scale)));
            }
        }
        return settings;
    }

    private static List<TuningPoint> sparse(double... weights) {
        List<TuningPoint> settings = new ArrayList<>();
        for (double density : DENSITIES) {
            for (double weight : weights) {
                settings.add(new TuningPoint(Collections.nCopies(MODELS, weight), Map.of("density", density)));
            }
        }
        return settings;
    }
}
