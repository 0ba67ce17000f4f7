package org.llmmerging.method;

import java.util.Arrays;
import org.llmmerging.Block;

/** The loops of {@link Sce}. */
final class SceKernel {
    private static final double SMALLEST_DIVISOR = 1e-6;

    private SceKernel() {}

    /** Variance of the task vectors in each element, rounded to float32. */
    static void fillVariances(Block block, int set, int from, int length, float[] variances) {
        int models = block.modelCount();
        float[] base = block.base();
        for (int i = 0; i < length; i++) {
            double sum = 0;
            for (int m = 0; m < models; m++) {
                sum += block.model(m)[from + i] - base[from + i];
            }
            double mean = sum / models;
            double squares = 0;
            for (int m = 0; m < models; m++) {
                double deviation = block.model(m)[from + i] - base[from + i] - mean;
                squares += deviation * deviation;
            }
            variances[i] = (float) (squares / models);
        }
    }

    /** Adds up the squares of each model's selected task vector. */
    static void addSquares(Block block, MagnitudeCut selected, double[] sums) {
        float[] kept = new float[Tiles.SIZE];
        Tiles.forEach(block.length(), (from, length) -> {
            markSelected(block, selected, from, length, kept);
            for (int m = 0; m < sums.length; m++) {
                double sum = 0;
                for (int i = 0; i < length; i++) {
                    double delta = kept[i] * ((double) block.model(m)[from + i] - block.base()[from + i]);
                    sum += delta * delta;
                }
                sums[m] += sum;
            }
        });
    }

    /** The merge itself. */
    static void apply(Block block, MagnitudeCut selected, double[] weights) {
        float[] base = block.base();
        float[] kept = new float[Tiles.SIZE];
        Tiles.forEach(block.length(), (from, length) -> {
            markSelected(block, selected, from, length, kept);
            for (int i = 0; i < length; i++) {
                int at = from + i;
                block.output()[at] = kept[i] == 0 ? base[at] : (float) (base[at] + merged(block, at, weights));
            }
        });
    }

    private static double merged(Block block, int at, double[] weights) {
        double vote = 0;
        for (int m = 0; m < weights.length; m++) {
            vote += (double) block.model(m)[at] - block.base()[at];
        }
        double sum = 0;
        double divisor = 0;
        for (int m = 0; m < weights.length; m++) {
            double delta = (double) block.model(m)[at] - block.base()[at];
            if (vote >= 0 ? delta > 0 : delta < 0) {
                sum += weights[m] * delta;
                divisor += weights[m];
            }
        }
        return sum / Math.max(divisor, SMALLEST_DIVISOR);
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
