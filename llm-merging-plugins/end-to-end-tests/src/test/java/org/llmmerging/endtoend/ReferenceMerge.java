package org.llmmerging.endtoend;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The merges of the kit's names in float64, one plain loop each, on one tensor as a vector. {@code models} are
 * the fine-tunes, {@code weights} their coefficients.
 */
final class ReferenceMerge {
    private static final int LAST_STEP = 300;

    private ReferenceMerge() {}

    /** Σ wᵢ xᵢ. */
    static double[] weightedSum(double[][] models, double[] weights) {
        double[] merged = new double[models[0].length];
        for (int m = 0; m < models.length; m++) {
            for (int i = 0; i < merged.length; i++) {
                merged[i] += weights[m] * models[m][i];
            }
        }
        return merged;
    }

    /** base + Σ wᵢ (xᵢ − base) (Ilharco et al. 2022). */
    static double[] taskArithmetic(double[] base, double[][] models, double[] weights) {
        double[] merged = base.clone();
        for (int m = 0; m < models.length; m++) {
            for (int i = 0; i < merged.length; i++) {
                merged[i] += weights[m] * (models[m][i] - base[i]);
            }
        }
        return merged;
    }

    /** sin((1 − t) θ) / sin θ · from + sin(t θ) / sin θ · to, θ being the angle between them (Shoemake 1985). */
    static double[] slerp(double[] from, double[] to, double t) {
        double cosine = cosine(from, to);
        double first = 1 - t;
        double second = t;
        // The arc of vectors that are nearly parallel is taken as straight.
        if (Math.abs(cosine) <= 0.9995) {
            double angle = Math.acos(cosine);
            first = Math.sin((1 - t) * angle) / Math.sin(angle);
            second = Math.sin(t * angle) / Math.sin(angle);
        }
        return weightedSum(new double[][] {from, to}, new double[] {first, second});
    }

    /**
     * TIES (Yadav et al. 2023): of each task vector the {@code ⌊density · n⌋} largest magnitudes stay, of equal ones
     * the first; the sign of the weighted sum is elected; the mean of the values that agree is added to the base.
     */
    static double[] ties(double[] base, double[][] models, double[] weights, double density) {
        double[][] trimmed = new double[models.length][];
        for (int m = 0; m < models.length; m++) {
            trimmed[m] = trim(difference(models[m], base), density);
        }
        return elect(base, trimmed, weights, true);
    }

    /** base + λ (merged − base). */
    static double[] scaled(double[] base, double[] merged, double scale) {
        return taskArithmetic(base, new double[][] {merged}, new double[] {scale});
    }

    /** The second half of TIES, for task vectors that are sparse already. */
    static double[] elect(double[] base, double[][] taskVectors, double[] weights, boolean mean) {
        double[] merged = base.clone();
        for (int i = 0; i < merged.length; i++) {
            double total = 0;
            for (int m = 0; m < weights.length; m++) {
                total += weights[m] * taskVectors[m][i];
            }
            double sign = total >= 0 ? 1 : -1;
            double sum = 0;
            double divisor = 0;
            for (int m = 0; m < weights.length; m++) {
                if (Math.signum(weights[m] * taskVectors[m][i]) == sign) {
                    sum += weights[m] * taskVectors[m][i];
                    divisor += weights[m];
                }
            }
            merged[i] += mean && divisor != 0 ? sum / divisor : sum;
        }
        return merged;
    }

    /**
     * Model Stock (Jang et al. 2024): base + t (mean − base), t = N cos θ / (1 + (N − 1) cos θ), with the mean over
     * all pairs of the cosine between task vectors.
     */
    static double[] modelStock(double[] base, double[][] models) {
        int count = models.length;
        double cosines = 0;
        for (int first = 0; first < count; first++) {
            for (int second = first + 1; second < count; second++) {
                cosines += cosine(difference(models[first], base), difference(models[second], base));
            }
        }
        double cosine = cosines / (count * (count - 1) / 2.0);
        double t = count * cosine / (1 + (count - 1) * cosine);
        double[] weights = new double[count];
        Arrays.fill(weights, t / count);
        return taskArithmetic(base, models, weights);
    }

    /**
     * The point whose distances to the models sum to the least (Weiszfeld 1937): a model, where the others pull at it
     * with no more than their own number there allows (Vardi and Zhang 2000), else what the iteration comes to.
     */
    static double[] geometricMedian(double[] base, double[][] models) {
        double[][] points = Arrays.stream(models).map(model -> difference(model, base)).toArray(double[][]::new);
        for (double[] candidate : points) {
            double[] pull = new double[base.length];
            int there = 0;
            for (double[] point : points) {
                double[] away = difference(point, candidate);
                double distance = length(away);
                there += distance == 0 ? 1 : 0;
                for (int i = 0; i < pull.length && distance > 0; i++) {
                    pull[i] += away[i] / distance;
                }
            }
            if (length(pull) <= there) {
                return add(base, candidate);
            }
        }
        double[] median = weightedSum(points, equal(points.length));
        for (int step = 0; step < LAST_STEP; step++) {
            double[] weights = new double[points.length];
            for (int m = 0; m < points.length; m++) {
                weights[m] = 1 / length(difference(points[m], median));
            }
            double sum = Arrays.stream(weights).sum();
            median = weightedSum(points, Arrays.stream(weights).map(weight -> weight / sum).toArray());
        }
        return add(base, median);
    }

    private static double[] equal(int count) {
        double[] weights = new double[count];
        Arrays.fill(weights, 1.0 / count);
        return weights;
    }

    private static double[] add(double[] one, double[] other) {
        double[] sum = one.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += other[i];
        }
        return sum;
    }

    private static double length(double[] vector) {
        return Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
    }

    /**
     * The task vector that DARE (Yu et al. 2023) makes when it keeps what {@code kept} says: brought back to the
     * L1 norm it had, where the paper divides by the density, which is what that norm is expected to be.
     */
    static double[] dropAndRescale(double[] taskVector, boolean[] kept) {
        double all = 0;
        double left = 0;
        for (int i = 0; i < kept.length; i++) {
            all += Math.abs(taskVector[i]);
            left += kept[i] ? Math.abs(taskVector[i]) : 0;
        }
        double[] sparse = new double[kept.length];
        for (int i = 0; i < kept.length; i++) {
            sparse[i] = kept[i] && left > 0 ? taskVector[i] * all / left : 0;
        }
        return sparse;
    }

    /** x − base. */
    static double[] difference(double[] model, double[] base) {
        double[] difference = new double[base.length];
        for (int i = 0; i < base.length; i++) {
            difference[i] = model[i] - base[i];
        }
        return difference;
    }

    private static double[] trim(double[] taskVector, double density) {
        int n = taskVector.length;
        // Magnitudes are compared as the kit computes them, in float32: this decides which of two are equal.
        int[] largestFirst = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> -Math.abs((float) taskVector[i]))
                        .thenComparing(i -> i))
                .mapToInt(i -> i)
                .toArray();
        double[] trimmed = new double[n];
        for (int rank = 0; rank < (int) (density * n); rank++) {
            trimmed[largestFirst[rank]] = taskVector[largestFirst[rank]];
        }
        return trimmed;
    }

    private static double cosine(double[] one, double[] other) {
        double product = 0;
        double first = 0;
        double second = 0;
        for (int i = 0; i < one.length; i++) {
            product += one[i] * other[i];
            first += one[i] * one[i];
            second += other[i] * other[i];
        }
        // A vector of length zero has no direction: no angle is taken from it.
        return first == 0 || second == 0 ? 0 : product / Math.sqrt(first * second);
    }
}
