package org.llmmerging.tensor;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link FloatKernels} on the Vector API: four accumulators of four float64 lanes. A product of two float32 values is
 * exact in float64, so the fused multiply-add gives the bits of the scalar twin's two operations.
 */
final class VectorFloatKernels extends FloatKernels {
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_256;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_128;

    /** Whether the hardware has 256-bit vectors; narrower ones would be emulated. */
    static boolean isFast() {
        return DoubleVector.SPECIES_PREFERRED.vectorBitSize() >= DOUBLES.vectorBitSize();
    }

    @Override
    public double dot(float[] a, float[] b, int from, int length) {
        DoubleVector sum0 = DoubleVector.zero(DOUBLES);
        DoubleVector sum1 = sum0;
        DoubleVector sum2 = sum0;
        DoubleVector sum3 = sum0;
        int vectorized = length - length % LANES;
        int end = from + vectorized;
        for (int i = from; i < end; i += LANES) {
            sum0 = wide(a, i).fma(wide(b, i), sum0);
            sum1 = wide(a, i + 4).fma(wide(b, i + 4), sum1);
            sum2 = wide(a, i + 8).fma(wide(b, i + 8), sum2);
            sum3 = wide(a, i + 12).fma(wide(b, i + 12), sum3);
        }
        double[] lanes = lanes(sum0, sum1, sum2, sum3);
        for (int i = vectorized; i < length; i++) {
            lanes[i % LANES] += (double) a[from + i] * b[from + i];
        }
        return reduce(lanes);
    }

    @Override
    public double dotOfDifferences(float[] a, float[] b, float[] origin, int from, int length) {
        DoubleVector sum0 = DoubleVector.zero(DOUBLES);
        DoubleVector sum1 = sum0;
        DoubleVector sum2 = sum0;
        DoubleVector sum3 = sum0;
        int vectorized = length - length % LANES;
        int end = from + vectorized;
        for (int i = from; i < end; i += LANES) {
            sum0 = wideDifference(a, origin, i).fma(wideDifference(b, origin, i), sum0);
            sum1 = wideDifference(a, origin, i + 4).fma(wideDifference(b, origin, i + 4), sum1);
            sum2 = wideDifference(a, origin, i + 8).fma(wideDifference(b, origin, i + 8), sum2);
            sum3 = wideDifference(a, origin, i + 12).fma(wideDifference(b, origin, i + 12), sum3);
        }
        double[] lanes = lanes(sum0, sum1, sum2, sum3);
        for (int i = vectorized; i < length; i++) {
            int k = from + i;
            lanes[i % LANES] += (double) (a[k] - origin[k]) * (b[k] - origin[k]);
        }
        return reduce(lanes);
    }

    @Override
    public void addMagnitudes(
            float[] a, float[] origin, float[] factor, int from, int length, double[] sums, int at) {
        DoubleVector all0 = DoubleVector.zero(DOUBLES);
        DoubleVector all1 = all0;
        DoubleVector all2 = all0;
        DoubleVector all3 = all0;
        DoubleVector sum0 = all0;
        DoubleVector sum1 = all0;
        DoubleVector sum2 = all0;
        DoubleVector sum3 = all0;
        int vectorized = length - length % LANES;
        for (int i = 0; i < vectorized; i += LANES) {
            FloatVector magnitude0 = magnitude(a, origin, from + i);
            FloatVector magnitude1 = magnitude(a, origin, from + i + 4);
            FloatVector magnitude2 = magnitude(a, origin, from + i + 8);
            FloatVector magnitude3 = magnitude(a, origin, from + i + 12);
            all0 = all0.add(widen(magnitude0));
            all1 = all1.add(widen(magnitude1));
            all2 = all2.add(widen(magnitude2));
            all3 = all3.add(widen(magnitude3));
            sum0 = sum0.add(widen(magnitude0.mul(FloatVector.fromArray(FLOATS, factor, i))));
            sum1 = sum1.add(widen(magnitude1.mul(FloatVector.fromArray(FLOATS, factor, i + 4))));
            sum2 = sum2.add(widen(magnitude2.mul(FloatVector.fromArray(FLOATS, factor, i + 8))));
            sum3 = sum3.add(widen(magnitude3.mul(FloatVector.fromArray(FLOATS, factor, i + 12))));
        }
        double[] all = lanes(all0, all1, all2, all3);
        double[] weighted = lanes(sum0, sum1, sum2, sum3);
        for (int i = vectorized; i < length; i++) {
            float magnitude = Math.abs(a[from + i] - origin[from + i]);
            all[i % LANES] += magnitude;
            weighted[i % LANES] += magnitude * factor[i];
        }
        sums[at] += reduce(all);
        sums[at + 1] += reduce(weighted);
    }

    private static DoubleVector wide(float[] values, int at) {
        return widen(FloatVector.fromArray(FLOATS, values, at));
    }

    private static DoubleVector wideDifference(float[] values, float[] origin, int at) {
        return widen(FloatVector.fromArray(FLOATS, values, at).sub(FloatVector.fromArray(FLOATS, origin, at)));
    }

    private static FloatVector magnitude(float[] values, float[] origin, int at) {
        return FloatVector.fromArray(FLOATS, values, at).sub(FloatVector.fromArray(FLOATS, origin, at)).abs();
    }

    private static DoubleVector widen(FloatVector values) {
        return (DoubleVector) values.convertShape(VectorOperators.F2D, DOUBLES, 0);
    }

    private static double[] lanes(DoubleVector sum0, DoubleVector sum1, DoubleVector sum2, DoubleVector sum3) {
        double[] lanes = new double[LANES];
        sum0.intoArray(lanes, 0);
        sum1.intoArray(lanes, 4);
        sum2.intoArray(lanes, 8);
        sum3.intoArray(lanes, 12);
        return lanes;
    }
}
