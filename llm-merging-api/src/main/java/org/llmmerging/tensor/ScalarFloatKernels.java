package org.llmmerging.tensor;

/** {@link FloatKernels} in plain Java. */
final class ScalarFloatKernels extends FloatKernels {

    @Override
    public double dot(float[] a, float[] b, int from, int length) {
        double[] lanes = new double[LANES];
        for (int i = 0; i < length; i++) {
            lanes[i % LANES] += (double) a[from + i] * b[from + i];
        }
        return reduce(lanes);
    }

    @Override
    public double dotOfDifferences(float[] a, float[] b, float[] origin, int from, int length) {
        double[] lanes = new double[LANES];
        for (int i = 0; i < length; i++) {
            int k = from + i;
            lanes[i % LANES] += (double) (a[k] - origin[k]) * (b[k] - origin[k]);
        }
        return reduce(lanes);
    }

    @Override
    public void addMagnitudes(
            float[] a, float[] origin, long[] kept, int from, int length, double[] sums, int at) {
        double[] all = new double[LANES];
        double[] ofKept = new double[LANES];
        for (int i = 0; i < length; i++) {
            float magnitude = Math.abs(a[from + i] - origin[from + i]);
            all[i % LANES] += magnitude;
            ofKept[i % LANES] += (kept[i / Long.SIZE] >>> i & 1) != 0 ? magnitude : 0;
        }
        sums[at] += reduce(all);
        sums[at + 1] += reduce(ofKept);
    }
}
