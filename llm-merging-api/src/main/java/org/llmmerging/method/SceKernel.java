package org.llmmerging.method;

import java.util.Arrays;
import org.llmmerging.Block;

/** The loops of {@link Sce}. */
final class SceKernel {
    private static final double SMALLEST_DIVISOR = 1e-6;

    /** Elements that go through all loops before the next: few, for the arrays between the loops are made anew. */
    private static final int RUN = 256;

    private SceKernel() {}

    /** Variance of the task vectors in each element, rounded to float32. Model by model: such loops are vectorised. */
    static void fillVariances(Block block, int set, int from, int length, float[] variances) {
        int models = block.modelCount();
        double[] means = new double[RUN];
        double[] squares = new double[RUN];
        Tiles.forEach(length, RUN, (done, run) -> {
            Arrays.fill(means, 0);
            Arrays.fill(squares, 0);
            for (int m = 0; m < models; m++) {
                addDifferences(block.model(m), block.base(), from + done, run, means);
            }
            for (int i = 0; i < run; i++) {
                means[i] /= models;
            }
            for (int m = 0; m < models; m++) {
                addSquaredDeviations(block.model(m), block.base(), from + done, run, means, squares);
            }
            for (int i = 0; i < run; i++) {
                variances[done + i] = (float) (squares[i] / models);
            }
        });
    }

    private static void addDifferences(float[] model, float[] base, int from, int length, double[] sums) {
        for (int i = 0; i < length; i++) {
            sums[i] += (double) model[from + i] - base[from + i];
        }
    }

    private static void addSquaredDeviations(
            float[] model, float[] base, int from, int length, double[] means, double[] squares) {
        for (int i = 0; i < length; i++) {
            double deviation = (double) model[from + i] - base[from + i] - means[i];
            squares[i] += deviation * deviation;
        }
    }

    /** Adds up the squares of each model's selected task vector. */
    static void addSquares(Block block, MagnitudeCut selected, double[] sums) {
        float[] kept = new float[Tiles.SIZE];
        Tiles.forEach(block.length(), (from, length) -> {
            markSelected(block, selected, from, length, kept);
            for (int m = 0; m < sums.length; m++) {
                sums[m] += sumOfSquares(block.model(m), block.base(), kept, from, length);
            }
        });
    }

    /** Four sums, for an addition takes longer than all else here. */
    private static double sumOfSquares(float[] model, float[] base, float[] kept, int from, int length) {
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        int i = 0;
        for (; i + 3 < length; i += 4) {
            first += square(kept[i] * ((double) model[from + i] - base[from + i]));
            second += square(kept[i + 1] * ((double) model[from + i + 1] - base[from + i + 1]));
            third += square(kept[i + 2] * ((double) model[from + i + 2] - base[from + i + 2]));
            fourth += square(kept[i + 3] * ((double) model[from + i + 3] - base[from + i + 3]));
        }
        for (; i < length; i++) {
            first += square(kept[i] * ((double) model[from + i] - base[from + i]));
        }
        return first + second + (third + fourth);
    }

    private static double square(double value) {
        return value * value;
    }

    /** The merge itself. */
    static void apply(Block block, MagnitudeCut selected, double[] weights) {
        float[] base = block.base();
        float[] kept = new float[RUN];
        double[] signs = new double[RUN];
        double[] sums = new double[RUN];
        double[] divisors = new double[RUN];
        Tiles.forEach(block.length(), RUN, (from, length) -> {
            markSelected(block, selected, from, length, kept);
            Arrays.fill(signs, 0);
            Arrays.fill(sums, 0);
            Arrays.fill(divisors, 0);
            for (int m = 0; m < weights.length; m++) {
                addDifferences(block.model(m), base, from, length, signs);
            }
            elect(signs);
            for (int m = 0; m < weights.length; m++) {
                addElected(block.model(m), base, from, length, signs, weights[m], sums, divisors);
            }
            float[] output = block.output();
            for (int i = 0; i < length; i++) {
                double merged = base[from + i] + signs[i] * sums[i] / Math.max(divisors[i], SMALLEST_DIVISOR);
                output[from + i] = kept[i] == 0 ? base[from + i] : (float) merged;
            }
        });
    }

    /** The sign of each vote, zero counting as positive. No branches: which way they go is as good as random. */
    private static void elect(double[] votes) {
        for (int i = 0; i < votes.length; i++) {
            votes[i] = Math.signum(Math.signum(votes[i]) + 0.5);
        }
    }

    /** Adds the magnitudes of the differences that have the elected sign, and their weights; others add nothing. */
    private static void addElected(float[] model, float[] base, int from, int length, double[] signs, double weight,
            double[] sums, double[] divisors) {
        for (int i = 0; i < length; i++) {
            double agreeing = Math.max(signs[i] * ((double) model[from + i] - base[from + i]), 0);
            sums[i] += weight * agreeing;
            divisors[i] += weight * Math.signum(agreeing);
        }
    }

    private static void markSelected(Block block, MagnitudeCut selected, int from, int length, float[] kept) {
        if (selected.equals(MagnitudeCut.ALL)) {
            Arrays.fill(kept, 0, length, 1f);
            return;
        }
        fillVariances(block, 0, from, length, kept);
        selected.mark(kept, block.offset() + from, length, kept);
    }
}
