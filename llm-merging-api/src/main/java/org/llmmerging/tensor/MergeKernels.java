package org.llmmerging.tensor;

/**
 * Merges of several models, element by element, which the compiler does not vectorise by itself. Every implementation
 * gives the same bits. Masks are those of {@link ElementKernels}. Stateless and thread-safe.
 */
public abstract sealed class MergeKernels permits ScalarMergeKernels, VectorMergeKernels {

    MergeKernels() {}

    /** The fastest implementation that this virtual machine can run. */
    public static MergeKernels instance() {
        return Holder.INSTANCE;
    }

    /**
     * Sparse task arithmetic: {@code output = base + Σ coefficientᵢ (valueᵢ − base)} over the models that keep the
     * element, in float64, rounded once.
     *
     * @param values of each model, from index {@code from}
     * @param kept a mask for each model, of which the first element is {@code from}
     * @param from first element in {@code base}, {@code values} and {@code output}
     */
    public abstract void addKept(float[] base, float[][] values, long[][] kept, double[] coefficients,
            int from, int length, float[] output);

    /**
     * TIES' elect and merge (Yadav et al. 2023), element by element:
     * {@code output = base + lambda · Σ tᵢ / Σ wᵢ} with {@code tᵢ = factorᵢ (valueᵢ − base)}, or 0 where the model does
     * not keep the element, both sums over those {@code i} whose {@code tᵢ} has the sign of the sum of all, zero
     * counting as positive. All of it is float32, each step rounded, so that two models as far from their mean on
     * either side cancel out. Something that is not a number and kept is passed on to the output.
     *
     * @param values of each model, from index {@code from}
     * @param kept a mask for each model, of which the first element is {@code from}
     * @param factors one for each model
     * @param weights one for each model; a sum of zero, as of all zeros, divides by one
     * @param from first element in {@code base}, {@code values} and {@code output}
     */
    public abstract void mergeElected(float[] base, float[][] values, long[][] kept, float[] factors,
            float[] weights, float lambda, int from, int length, float[] output);

    /**
     * Variance of the models' differences from the base, in float64, rounded once.
     *
     * @param values of each model, from index {@code from}
     * @param from first element in {@code base} and {@code values}
     * @param variances receives them, from index 0
     */
    public abstract void variances(float[] base, float[][] values, int from, int length, float[] variances);

    /**
     * SCE's erase and merge (Wan et al. 2024), element by element:
     * {@code output = base + Σ wᵢ dᵢ / max(Σ wᵢ, least)} with {@code dᵢ = valueᵢ − base}, both sums over those {@code
     * i} whose {@code dᵢ} has the sign of the sum of all, zero counting as positive; the base where the element is not
     * kept. In float64, rounded once. Something that is not a number and kept is passed on to the output.
     *
     * @param values of each model, from index {@code from}
     * @param kept a mask, of which the first element is {@code from}
     * @param weights one for each model, none negative
     * @param from first element in {@code base}, {@code values} and {@code output}
     */
    public abstract void mergeVoted(float[] base, float[][] values, long[] kept, double[] weights, double least,
            int from, int length, float[] output);

    private static final class Holder {
        static final MergeKernels INSTANCE = VectorModule.load() ? new VectorMergeKernels() : new ScalarMergeKernels();
    }
}
