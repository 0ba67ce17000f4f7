package org.llmmerging.eval.train.dam;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.model.Scaling;

/**
 * Regularisation of one tensor's coefficients, before the non-linearity, as float32 scalars (arXiv 2410.08371, section
 * 3.2). Arguments are {@code [models, columns]}; a merge of one model has no pairs, and its losses on pairs are 0.
 */
final class CoefficientLosses {
    /** Keeps the cosine of a vector of zeros finite, and the slope of its norm 0. */
    private static final double SMALLEST_SQUARE = 1e-30;

    private CoefficientLosses() {}

    /** The mean over all pairs of models of the cosine between their coefficients. */
    static NDArray similarity(NDArray coefficients) {
        NDArray unit = coefficients.div(norms(coefficients));
        return Scaling.times(pairSum(unit.matMul(unit.transpose())), 1 / pairs(coefficients));
    }

    /** The sum of the coefficients' magnitudes. */
    static NDArray l1(NDArray coefficients) {
        return coefficients.abs().sum();
    }

    /** The sum over the models of the norm of their coefficients, not squared. */
    static NDArray l2(NDArray coefficients) {
        return norms(coefficients).sum();
    }

    /**
     * The mean over all pairs of models of Σ w·min(|a|, |b|) over the columns.
     *
     * @param weights of the columns of each pair, {@code [pairs, columns]}, or null for ones
     */
    static NDArray overlap(NDArray coefficients, @Nullable NDArray weights) {
        NDArray magnitudes = coefficients.abs();
        int models = Math.toIntExact(coefficients.getShape().get(0));
        NDArray sum = Scaling.times(magnitudes.sum(), 0);
        int pair = 0;
        for (int i = 0; i < models; i++) {
            for (int j = i + 1; j < models; j++) {
                NDArray least = magnitudes.get(i).minimum(magnitudes.get(j));
                sum = sum.add((weights == null ? least : least.mul(weights.get(pair++))).sum());
            }
        }
        return Scaling.times(sum, 1 / pairs(coefficients));
    }

    /** Of each model, {@code [models, 1]}. */
    private static NDArray norms(NDArray coefficients) {
        return Scaling.atLeast(coefficients.square().sum(new int[] {1}, true), SMALLEST_SQUARE).sqrt();
    }

    /** Half of a symmetric matrix's sum without its diagonal. */
    private static NDArray pairSum(NDArray products) {
        NDArray diagonal = products.mul(products.getManager().eye((int) products.getShape().get(0)));
        return Scaling.times(products.sum().sub(diagonal.sum()), 0.5);
    }

    private static double pairs(NDArray coefficients) {
        long models = coefficients.getShape().get(0);
        return Math.max(1, models * (models - 1) / 2.0);
    }
}
