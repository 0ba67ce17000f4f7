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
    private final MaskedModels voters;
    private final double[] divisors;
    private final double[] factors;
    private final double lambda;

    SignConsensusKernel(
            ElementMask mask, double[] weights, double[] scales, boolean normalize, double lambda, int columns) {
        int[] models = IntStream.range(0, weights.length)
                .filter(model -> weights[model] != 0)
                .toArray();
        this.voters = new MaskedModels(mask, models, columns);
        this.divisors = Arrays.stream(models)
                .mapToDouble(model -> normalize ? weights[model] : 0)
                .toArray();
        this.factors = Arrays.stream(models)
                .mapToDouble(model -> weights[model] * scales[model])
                .toArray();
        this.lambda = lambda;
    }

    @Override
    public boolean wholeRows() {
        return voters.mask().wholeRows();
    }

    @Override
    public void apply(Block block) {
        ElementKernels kernels = ElementKernels.instance();
        voters.forEach(block, (values, kept, from, length) -> kernels.mergeElected(
                block.base(), values, kept, factors, divisors, lambda, from, length, block.output()));
    }
}
