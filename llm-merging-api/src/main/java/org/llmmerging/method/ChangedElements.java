package org.llmmerging.method;

import org.llmmerging.Block;
import org.llmmerging.TensorKernel;

/**
 * Averages each element's task vectors over the models that changed it; where one model alone did, its change is
 * multiplied by that model's factor.
 */
final class ChangedElements implements TensorKernel {
    private final double epsilon;
    private final double[] factors;

    /**
     * @param epsilon a difference to the base counts as a change when greater
     * @param factors one for each model
     */
    ChangedElements(double epsilon, double[] factors) {
        this.epsilon = epsilon;
        this.factors = factors;
    }

    /** Counts for each model the elements that it alone changed, and those that others changed too. */
    static void count(Block chunk, double epsilon, long[] counts) {
        for (int i = 0; i < chunk.length(); i++) {
            int changes = changes(chunk, i, epsilon);
            for (int m = 0; m < chunk.modelCount(); m++) {
                if (isChanged(chunk, m, i, epsilon)) {
                    counts[changes == 1 ? 2 * m : 2 * m + 1]++;
                }
            }
        }
    }

    @Override
    public void apply(Block block) {
        for (int i = 0; i < block.length(); i++) {
            float base = block.base()[i];
            int changes = changes(block, i, epsilon);
            double sum = 0;
            for (int m = 0; m < factors.length; m++) {
                if (isChanged(block, m, i, epsilon)) {
                    sum += (changes == 1 ? factors[m] : 1) * ((double) block.model(m)[i] - base);
                }
            }
            block.output()[i] = changes == 0 ? base : (float) (base + sum / changes);
        }
    }

    private static int changes(Block block, int index, double epsilon) {
        int changes = 0;
        for (int m = 0; m < block.modelCount(); m++) {
            changes += isChanged(block, m, index, epsilon) ? 1 : 0;
        }
        return changes;
    }

    private static boolean isChanged(Block block, int model, int index, double epsilon) {
        return Math.abs(block.model(model)[index] - block.base()[index]) > epsilon;
    }
}
