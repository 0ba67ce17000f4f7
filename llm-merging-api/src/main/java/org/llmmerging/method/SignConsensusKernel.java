package org.llmmerging.method;

import java.util.stream.IntStream;
import org.llmmerging.Block;
import org.llmmerging.TensorKernel;
import org.llmmerging.tensor.MergeKernels;

/**
 * TIES' elect and merge (Yadav et al. 2023): in each element the weighted, sparsified task vectors elect the sign of
 * their sum, zero counting as positive; only those of that sign are added up. The positive and the negative parts are
 * summed apart, and the sign of their total picks one. Models of weight 0 are not looked at.
 */
final class SignConsensusKernel implements TensorKernel {
    private final MaskedModels voters;
    private final float[] divisors;
    private final float[] factors;
    private final float lambda;

    SignConsensusKernel(
            ElementMask mask, double[] weights, double[] scales, boolean normalize, double lambda, int columns) {
        int[] models = IntStream.range(0, weights.length)
                .filter(model -> weights[model] != 0)
                .toArray();
        this.voters = new MaskedModels(mask, models, columns);
        this.divisors = new float[models.length];
        this.factors = new float[models.length];
        for (int m = 0; m < models.length; m++) {
            double weight = weights[models[m]];
            divisors[m] = normalize ? (float) weight : 0;
            factors[m] = (float) (weight * scales[models[m]]);
        }
        this.lambda = (float) lambda;
    }

    @Override
    public boolean wholeRows() {
        return voters.mask().wholeRows();
    }

    @Override
    public void apply(Block block) {
        MergeKernels kernels = MergeKernels.instance();
        voters.forEach(block, (values, kept, from, length) -> kernels.mergeElected(
                block.base(), values, kept, factors, divisors, lambda, from, length, block.output()));
    }
}
