package org.llmmerging.tensor;

import org.jspecify.annotations.Nullable;

/** {@link FloatKernels} in plain Java. */
final class ScalarFloatKernels extends FloatKernels {

    @Override
    public void addInnerProducts(
            float[][] vectors, float @Nullable [] origin, int from, int length, double[] packed) {
        double[] lanes = new double[LANES * packed.length];
        addProducts(vectors, origin, from, 0, length, lanes);
        for (int entry = 0; entry < packed.length; entry++) {
            packed[entry] += reduce(lanes, LANES * entry);
        }
    }

    /** @param lanes sixteen accumulators for each pair */
    static void addProducts(
            float[][] vectors, float @Nullable [] origin, int from, int first, int end, double[] lanes) {
        int at = 0;
        for (int row = 0; row < vectors.length; row++) {
            for (int column = 0; column <= row; column++) {
                float[] a = vectors[row];
                float[] b = vectors[column];
                for (int i = first; i < end; i++) {
                    float minus = origin == null ? 0 : origin[from + i];
                    lanes[at + i % LANES] += (double) (a[from + i] - minus) * (b[from + i] - minus);
                }
                at += LANES;
            }
        }
    }

    @Override
    public void addMagnitudes(
            float[] a, float[] origin, long[] kept, int from, int length, double[] sums, int at) {
        double[] all = new double[LANES];
        double[] ofKept = new double[LANES];
        addMagnitudes(a, origin, kept, from, 0, length, all, ofKept);
        sums[at] += reduce(all, 0);
        sums[at + 1] += reduce(ofKept, 0);
    }

    /** Adds to the sixteen accumulators of either sum. */
    static void addMagnitudes(
            float[] a, float[] origin, long[] kept, int from, int first, int end, double[] all, double[] ofKept) {
        for (int i = first; i < end; i++) {
            float magnitude = Math.abs(a[from + i] - origin[from + i]);
            all[i % LANES] += magnitude;
            ofKept[i % LANES] += (kept[i / Long.SIZE] >>> i & 1) != 0 ? magnitude : 0;
        }
    }

    @Override
    public double sumOfSquares(float[] a, float[] origin, long[] kept, int from, int length) {
        double[] lanes = new double[LANES];
        addSquares(a, origin, kept, from, 0, length, lanes);
        return reduce(lanes, 0);
    }

    static void addSquares(
            float[] a, float[] origin, long[] kept, int from, int first, int end, double[] lanes) {
        for (int i = first; i < end; i++) {
            double difference = a[from + i] - origin[from + i];
            lanes[i % LANES] += (kept[i / Long.SIZE] >>> i & 1) != 0 ? difference * difference : 0;
        }
    }
}
