package org.llmmerging.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Reductions of float32 arrays in float64. Every implementation gives the same bits: element {@code i} of a run is
 * added to accumulator {@code i mod 16}, and the sixteen are added up as a balanced tree. Stateless and thread-safe.
 *
 * <p>Elementwise loops are not here: the compiler vectorises those by itself, a float64 sum it may not reorder.
 */
public abstract sealed class FloatKernels permits ScalarFloatKernels, VectorFloatKernels {
    /** Number of accumulators. */
    static final int LANES = 16;

    FloatKernels() {}

    /** The fastest implementation that this virtual machine can run. */
    public static FloatKernels instance() {
        return Holder.INSTANCE;
    }

    /**
     * Adds the inner products of all pairs of vectors, over {@code length} elements from {@code from}.
     *
     * @param origin what is taken off each vector first, the difference rounded to float32; null when nothing is
     * @param packed the lower triangle row by row, to which they are added
     */
    public abstract void addInnerProducts(
            float[][] vectors, float @Nullable [] origin, int from, int length, double[] packed);

    /**
     * Sums of {@code |a[i] - origin[i]|}, rounded to float32, over {@code length} elements from {@code from}.
     *
     * @param kept a mask as in {@link ElementKernels}, of which the first element is {@code from}
     * @param sums to element {@code at} the sum of all is added, to the next that of those kept
     */
    public abstract void addMagnitudes(
            float[] a, float[] origin, long[] kept, int from, int length, double[] sums, int at);

    /**
     * The sum of {@code (a[i] - origin[i])²}, the differences rounded to float32, over those of {@code length} elements
     * from {@code from} that are kept.
     *
     * @param kept a mask as in {@link ElementKernels}, of which the first element is {@code from}
     */
    public abstract double sumOfSquares(float[] a, float[] origin, long[] kept, int from, int length);

    /** The sum of the sixteen accumulators that begin at an index. */
    static double reduce(double[] lanes, int at) {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int i = at; i < at + half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[at];
    }

    private static final class Holder {
        static final FloatKernels INSTANCE = create();

        private static FloatKernels create() {
            boolean available = VectorModule.load();
            if (available && VectorFloatKernels.isFast()) {
                return new VectorFloatKernels();
            }
            return new ScalarFloatKernels();
        }
    }
}
