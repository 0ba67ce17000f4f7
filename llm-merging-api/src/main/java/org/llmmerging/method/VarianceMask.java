package org.llmmerging.method;

import java.util.Arrays;
import org.llmmerging.Block;
import org.llmmerging.tensor.MergeKernels;

/**
 * Keeps the elements in which the task vectors vary most, the same ones of every model.
 *
 * @param cut the largest variances
 */
record VarianceMask(MagnitudeCut cut) implements ElementMask {
    /** Variance of the task vectors over the models: one set of scores for all. */
    static final ElementScores VARIANCES = VarianceMask::fillVariances;

    private static void fillVariances(Block block, int set, int from, int length, float[] variances) {
        MergeKernels.instance().variances(block.base(), models(block), from, length, variances);
    }

    /** The elements of each model of a block. */
    static float[][] models(Block block) {
        float[][] models = new float[block.modelCount()][];
        Arrays.setAll(models, block::model);
        return models;
    }

    @Override
    public boolean keepsAll(int model) {
        return cut.equals(MagnitudeCut.ALL);
    }

    @Override
    public Reader reader() {
        float[] variances = new float[Tiles.SIZE];
        float[] zeros = new float[Tiles.SIZE];
        return (block, _, from, length, kept) -> {
            fillVariances(block, 0, from, length, variances);
            cut.markScores(variances, zeros, block.offset() + from, length, kept);
        };
    }
}
