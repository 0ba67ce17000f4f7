package org.llmmerging.method;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.llmmerging.Block;
import org.llmmerging.TensorKernel;
import org.llmmerging.tensor.MergeKernels;

/**
 * base + Σ cᵢ·maskᵢ·(modelᵢ − base), added up in float64 and rounded once. Models of coefficient 0 are not looked at.
 */
final class SparseSumKernel implements TensorKernel {
    private final MaskedModels terms;
    private final double[] coefficients;

    SparseSumKernel(ElementMask mask, double[] coefficients, int columns) {
        int[] models = IntStream.range(0, coefficients.length)
                .filter(model -> coefficients[model] != 0)
                .toArray();
        this.terms = new MaskedModels(mask, models, columns);
        this.coefficients = Arrays.stream(models).mapToDouble(model -> coefficients[model]).toArray();
    }

    @Override
    public boolean wholeRows() {
        return terms.mask().wholeRows();
    }

    @Override
    public void apply(Block block) {
        MergeKernels kernels = MergeKernels.instance();
        terms.forEach(block, (values, kept, from, length) -> kernels.addKept(
                block.base(), values, kept, coefficients, from, length, block.output()));
    }
}
