package org.llmmerging.tensor;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link FloatKernels} on the Vector API: four accumulators of four float64 lanes. A product of two float32 values is
 * exact in float64, so the fused multiply-add gives the bits of the scalar twin's two operations.
 */
final class VectorFloatKernels extends FloatKernels {
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_256;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_128;
    private static final VectorOperators.Conversion<Float, Double> WIDEN = VectorOperators.F2D;

    /** Whether the hardware has 256-bit vectors; narrower ones would be emulated. */
    static boolean isFast() {
        return DoubleVector.SPECIES_PREFERRED.vectorBitSize() >= DOUBLES.vectorBitSize();
    }

    // The loops call no methods of this class: once such a method is compiled by itself, the compiler takes it for too
    // large to be inlined, and every vector that it takes or returns becomes an object. What is carried from round to
    // round is an argument, never the receiver: it could be a vector of any length, for all the compiler knows.

    @Override
    public double dot(float[] a, float[] b, int from, int length) {
        DoubleVector sum0 = DoubleVector.zero(DOUBLES);
        DoubleVector sum1 = sum0;
        DoubleVector sum2 = sum0;
        DoubleVector sum3 = sum0;
        int vectorized = length - length % LANES;
        int end = from + vectorized;
        for (int i = from; i < end; i += LANES) {
            Vector<Double> a0 = FloatVector.fromArray(FLOATS, a, i).convertShape(WIDEN, DOUBLES, 0);
            Vector<Double> a1 = FloatVector.fromArray(FLOATS, a, i + 4).convertShape(WIDEN, DOUBLES, 0);
            Vector<Double> a2 = FloatVector.fromArray(FLOATS, a, i + 8).convertShape(WIDEN, DOUBLES, 0);
            Vector<Double> a3 = FloatVector.fromArray(FLOATS, a, i + 12).convertShape(WIDEN, DOUBLES, 0);
            Vector<Double> b0 = FloatVector.fromArray(FLOATS, b, i).convertShape(WIDEN, DOUBLES, 0);
            Vector<Double> b1 = FloatVector.fromArray(FLOATS, b, i + 4).convertShape(WIDEN, DOUBLES, 0);
            Vector<Double> b2 = FloatVector.fromArray(FLOATS, b, i + 8).convertShape(WIDEN, DOUBLES, 0);
            Vector<Double> b3 = FloatVector.fromArray(FLOATS, b, i + 12).convertShape(WIDEN, DOUBLES, 0);
            sum0 = ((DoubleVector) a0).fma(b0, sum0);
            sum1 = ((DoubleVector) a1).fma(b1, sum1);
            sum2 = ((DoubleVector) a2).fma(b2, sum2);
            sum3 = ((DoubleVector) a3).fma(b3, sum3);
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
            FloatVector origin0 = FloatVector.fromArray(FLOATS, origin, i);
            FloatVector origin1 = FloatVector.fromArray(FLOATS, origin, i + 4);
            FloatVector origin2 = FloatVector.fromArray(FLOATS, origin, i + 8);
            FloatVector origin3 = FloatVector.fromArray(FLOATS, origin, i + 12);
            FloatVector a0 = FloatVector.fromArray(FLOATS, a, i).sub(origin0);
            FloatVector a1 = FloatVector.fromArray(FLOATS, a, i + 4).sub(origin1);
            FloatVector a2 = FloatVector.fromArray(FLOATS, a, i + 8).sub(origin2);
            FloatVector a3 = FloatVector.fromArray(FLOATS, a, i + 12).sub(origin3);
            FloatVector b0 = FloatVector.fromArray(FLOATS, b, i).sub(origin0);
            FloatVector b1 = FloatVector.fromArray(FLOATS, b, i + 4).sub(origin1);
            FloatVector b2 = FloatVector.fromArray(FLOATS, b, i + 8).sub(origin2);
            FloatVector b3 = FloatVector.fromArray(FLOATS, b, i + 12).sub(origin3);
            sum0 = ((DoubleVector) a0.convertShape(WIDEN, DOUBLES, 0)).fma(b0.convertShape(WIDEN, DOUBLES, 0), sum0);
            sum1 = ((DoubleVector) a1.convertShape(WIDEN, DOUBLES, 0)).fma(b1.convertShape(WIDEN, DOUBLES, 0), sum1);
            sum2 = ((DoubleVector) a2.convertShape(WIDEN, DOUBLES, 0)).fma(b2.convertShape(WIDEN, DOUBLES, 0), sum2);
            sum3 = ((DoubleVector) a3.convertShape(WIDEN, DOUBLES, 0)).fma(b3.convertShape(WIDEN, DOUBLES, 0), sum3);
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
            float[] a, float[] origin, long[] kept, int from, int length, double[] sums, int at) {
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
            int k = from + i;
            FloatVector m0 = FloatVector.fromArray(FLOATS, a, k).sub(FloatVector.fromArray(FLOATS, origin, k)).abs();
            FloatVector m1 = FloatVector.fromArray(FLOATS, a, k + 4)
                    .sub(FloatVector.fromArray(FLOATS, origin, k + 4))
                    .abs();
            FloatVector m2 = FloatVector.fromArray(FLOATS, a, k + 8)
                    .sub(FloatVector.fromArray(FLOATS, origin, k + 8))
                    .abs();
            FloatVector m3 = FloatVector.fromArray(FLOATS, a, k + 12)
                    .sub(FloatVector.fromArray(FLOATS, origin, k + 12))
                    .abs();
            all0 = ((DoubleVector) m0.convertShape(WIDEN, DOUBLES, 0)).add(all0);
            all1 = ((DoubleVector) m1.convertShape(WIDEN, DOUBLES, 0)).add(all1);
            all2 = ((DoubleVector) m2.convertShape(WIDEN, DOUBLES, 0)).add(all2);
            all3 = ((DoubleVector) m3.convertShape(WIDEN, DOUBLES, 0)).add(all3);
            long bits = kept[i / Long.SIZE] >>> i;
            FloatVector zero = FloatVector.zero(FLOATS);
            FloatVector p0 = zero.blend(m0, VectorMask.fromLong(FLOATS, bits));
            FloatVector p1 = zero.blend(m1, VectorMask.fromLong(FLOATS, bits >>> 4));
            FloatVector p2 = zero.blend(m2, VectorMask.fromLong(FLOATS, bits >>> 8));
            FloatVector p3 = zero.blend(m3, VectorMask.fromLong(FLOATS, bits >>> 12));
            sum0 = ((DoubleVector) p0.convertShape(WIDEN, DOUBLES, 0)).add(sum0);
            sum1 = ((DoubleVector) p1.convertShape(WIDEN, DOUBLES, 0)).add(sum1);
            sum2 = ((DoubleVector) p2.convertShape(WIDEN, DOUBLES, 0)).add(sum2);
            sum3 = ((DoubleVector) p3.convertShape(WIDEN, DOUBLES, 0)).add(sum3);
        }
        double[] all = lanes(all0, all1, all2, all3);
        double[] ofKept = lanes(sum0, sum1, sum2, sum3);
        for (int i = vectorized; i < length; i++) {
            float magnitude = Math.abs(a[from + i] - origin[from + i]);
            all[i % LANES] += magnitude;
            ofKept[i % LANES] += (kept[i / Long.SIZE] >>> i & 1) != 0 ? magnitude : 0;
        }
        sums[at] += reduce(all);
        sums[at + 1] += reduce(ofKept);
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
