package org.llmmerging.method;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Task-vector methods on whole arrays in float64, by sorting, as the definitions read. */
final class TaskVectorReference {
    private final float[] base;
    private final double[][] deltas;
    private final double[] weights;

    TaskVectorReference(float[] base, float[][] models, double[] weights) {
        this.base = base;
        this.weights = weights;
        this.deltas = Arrays.stream(models).map(model -> Samples.delta(model, base)).toArray(double[][]::new);
    }

    double[] delta(int model) {
        return deltas[model];
    }

    /** Keeps the ranks from {@code first} to {@code last}, exclusive, of the magnitudes from the largest. */
    TaskVectorReference keepRanks(int model, int first, int last, boolean rescale) {
        double[] delta = deltas[model];
        Integer[] order = IntStream.range(0, delta.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -Math.abs(delta[i])));
        double[] kept = new double[delta.length];
        for (int rank = first; rank < last; rank++) {
            kept[order[rank]] = delta[order[rank]];
        }
        double before = Arrays.stream(delta).map(Math::abs).sum();
        double after = Arrays.stream(kept).map(Math::abs).sum();
        double scale = rescale && after > 0 ? before / after : 1;
        deltas[model] = Arrays.stream(kept).map(each -> each * scale).toArray();
        return this;
    }

    double[] sum(boolean normalize, double lambda) {
        double total = Arrays.stream(weights).sum();
        double divisor = normalize && Math.abs(total) >= 1e-8 ? total : 1;
        double[] merged = new double[base.length];
        for (int i = 0; i < merged.length; i++) {
            double sum = 0;
            for (int m = 0; m < deltas.length; m++) {
                sum += weights[m] * deltas[m][i];
            }
            merged[i] = base[i] + lambda * sum / divisor;
        }
        return merged;
    }

    double[] elected(boolean normalize, double lambda) {
        double[] merged = new double[base.length];
        for (int i = 0; i < merged.length; i++) {
            double vote = 0;
            for (int m = 0; m < deltas.length; m++) {
                vote += weights[m] * deltas[m][i];
            }
            double sign = vote >= 0 ? 1 : -1;
            double sum = 0;
            double divisor = 0;
            for (int m = 0; m < deltas.length; m++) {
                if (Math.signum(weights[m] * deltas[m][i]) == sign) {
                    sum += weights[m] * deltas[m][i];
                    divisor += weights[m];
                }
            }
            merged[i] = base[i] + lambda * sum / (normalize && divisor != 0 ? divisor : 1);
        }
        return merged;
    }
}
