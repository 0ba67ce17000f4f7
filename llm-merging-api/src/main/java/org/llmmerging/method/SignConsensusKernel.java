package org.llmmerging.method;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.llmmerging.Block;
import org.llmmerging.TensorKernel;
import org.llmmerging.tensor.ElementKernels;

/**
 * TIES' elect and merge (Yadav et al. 2023): in each element the weighted, sparsified task vectors elect the sign of
 * their sum, zero counting as positive; only those of that sign are added up. The positive and the negative parts are
 * summed apart, and the sign of their total picks one. Models of weight 0 are not looked at.
 */
final class SignConsensusKernel implements TensorKernel {
    private final ElementMask mask;
    private final int[] voters;
    private final double[] divisors;
    private final double[] factors;
    private final double lambda;
    private final int tile;

    SignConsensusKernel(
            ElementMask mask, double[] weights, double[] scales, boolean normalize, double lambda, int columns) {
        this.mask = mask;
        this.voters = IntStream.range(0, weights.length)
                .filter(model -> weights[model] != 0)
                .toArray();
        this.divisors = Arrays.stream(voters)
                .mapToDouble(model -> normalize ? weights[model] : 0)
                .toArray();
        this.factors = Arrays.stream(voters)
                .mapToDouble(model -> weights[model] * scales[model])
                .toArray();
        this.lambda = lambda;
        this.tile = mask.wholeRows() ? Tiles.wholeRows(columns) : Tiles.SIZE;
    }

    @Override
    public boolean wholeRows() {
        return mask.wholeRows();
    }

    @Override
    public void apply(Block block) {
        ElementKernels kernels = ElementKernels.instance();
        float[][] values = new float[voters.length][];
        long[][] kept = new long[voters.length][Tiles.maskWords(Math.min(tile, block.length()))];
        for (int v = 0; v < voters.length; v++) {
            values[v] = block.model(voters[v]);
            if (mask.keepsAll(voters[v])) {
                Arrays.fill(kept[v], -1L);
            }
        }
        Tiles.forEach(block.length(), tile, (from, length) -> {
            for (int v = 0; v < voters.length; v++) {
                if (!mask.keepsAll(voters[v])) {
                    mask.fill(block, voters[v], from, length, kept[v]);
                }
            }
            kernels.mergeElected(
                    block.base(),
                    values,
                    kept,
                    factors,
                    divisors,
                    lambda,
                    from,
                    length,
                    block.output());
        });
    }
}
