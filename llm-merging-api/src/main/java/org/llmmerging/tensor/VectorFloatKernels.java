package org.llmmerging.tensor;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * {@link FloatKernels} on the Vector API. A product of two float32 values is exact in float64, so the fused
 * multiply-add gives the bits of the scalar twin's two operations.
 */
final class VectorFloatKernels extends FloatKernels {
    private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, VectorShapes.WIDE);
    /** As many float32 lanes as a vector has float64 lanes. */
    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorShapes.NARROW);
    private static final VectorOperators.Conversion<Float, Double> WIDEN = VectorOperators.F2D;

    /** Stands for the origin where there is none. */
    private static final float[] ZEROS = new float[LANES];

    /** Whether the hardware has 256-bit vectors; narrower ones would be emulated. */
    static boolean isFast() {
        return DoubleVector.SPECIES_PREFERRED.vectorBitSize() >= DoubleVector.SPECIES_256.vectorBitSize();
    }

    // The loops call no methods of this class: once such a method is compiled by itself, the compiler takes it for too
    // large to be inlined, and every vector that it takes or returns becomes an object. What is carried from round to
    // round is an argument, never the receiver: it could be a vector of any length, for all the compiler knows.

    @Override
    public void addInnerProducts(
            float[][] vectors, float @Nullable [] origin, int from, int length, double[] packed) {
        int whole = length - length % LANES;
        double[] lanes = new double[LANES * packed.length];
        switch (vectors.length) {
            case 2 -> addPairsOfTwo(vectors[0], vectors[1], origin, from, whole, lanes);
            case 3 -> addPairsOfThree(vectors[0], vectors[1], vectors[2], origin, from, whole, lanes);
            default -> {
                int at = 0;
                for (int row = 0; row < vectors.length; row++) {
                    for (int column = 0; column <= row; column++) {
                        addPair(vectors[row], vectors[column], origin, from, whole, lanes, at);
                        at += LANES;
                    }
                }
            }
        }
        ScalarFloatKernels.addProducts(vectors, origin, from, whole, length, lanes);
        for (int entry = 0; entry < packed.length; entry++) {
            packed[entry] += reduce(lanes, LANES * entry);
        }
    }

    // Each of the following goes through the elements once for every vector of accumulators: so there are few at a
    // time, and nothing depends on how many elements a vector has.

    private static void addPair(
            float[] a, float[] b, float @Nullable [] origin, int from, int length, double[] lanes, int at) {
        float[] minus = origin == null ? ZEROS : origin;
        int mask = origin == null ? 0 : -1;
        for (int lane = 0; lane < LANES; lane += DOUBLES.length()) {
            DoubleVector sum = DoubleVector.zero(DOUBLES);
            for (int i = from + lane; i < from + length; i += LANES) {
                FloatVector zero = FloatVector.fromArray(FLOATS, minus, i & mask);
                Vector<Double> x = FloatVector.fromArray(FLOATS, a, i).sub(zero).convertShape(WIDEN, DOUBLES, 0);
                Vector<Double> y = FloatVector.fromArray(FLOATS, b, i).sub(zero).convertShape(WIDEN, DOUBLES, 0);
                sum = ((DoubleVector) x).fma(y, sum);
            }
            DoubleVector.zero(DOUBLES).add(sum).intoArray(lanes, at + lane);
        }
    }

    private static void addPairsOfTwo(
            float[] a, float[] b, float @Nullable [] origin, int from, int length, double[] lanes) {
        float[] minus = origin == null ? ZEROS : origin;
        int mask = origin == null ? 0 : -1;
        for (int lane = 0; lane < LANES; lane += DOUBLES.length()) {
            DoubleVector xx = DoubleVector.zero(DOUBLES);
            DoubleVector yx = xx;
            DoubleVector yy = xx;
            for (int i = from + lane; i < from + length; i += LANES) {
                FloatVector zero = FloatVector.fromArray(FLOATS, minus, i & mask);
                Vector<Double> x = FloatVector.fromArray(FLOATS, a, i).sub(zero).convertShape(WIDEN, DOUBLES, 0);
                Vector<Double> y = FloatVector.fromArray(FLOATS, b, i).sub(zero).convertShape(WIDEN, DOUBLES, 0);
                xx = ((DoubleVector) x).fma(x, xx);
                yx = ((DoubleVector) y).fma(x, yx);
                yy = ((DoubleVector) y).fma(y, yy);
            }
            DoubleVector.zero(DOUBLES).add(xx).intoArray(lanes, lane);
            DoubleVector.zero(DOUBLES).add(yx).intoArray(lanes, LANES + lane);
            DoubleVector.zero(DOUBLES).add(yy).intoArray(lanes, 2 * LANES + lane);
        }
    }

    private static void addPairsOfThree(
            float[] a, float[] b, float[] c, float @Nullable [] origin, int from, int length, double[] lanes) {
        float[] minus = origin == null ? ZEROS : origin;
        int mask = origin == null ? 0 : -1;
        for (int lane = 0; lane < LANES; lane += DOUBLES.length()) {
            DoubleVector xx = DoubleVector.zero(DOUBLES);
            DoubleVector yx = xx;
            DoubleVector yy = xx;
            DoubleVector zx = xx;
            DoubleVector zy = xx;
            DoubleVector zz = xx;
            for (int i = from + lane; i < from + length; i += LANES) {
                FloatVector zero = FloatVector.fromArray(FLOATS, minus, i & mask);
                Vector<Double> x = FloatVector.fromArray(FLOATS, a, i).sub(zero).convertShape(WIDEN, DOUBLES, 0);
                Vector<Double> y = FloatVector.fromArray(FLOATS, b, i).sub(zero).convertShape(WIDEN, DOUBLES, 0);
                Vector<Double> z = FloatVector.fromArray(FLOATS, c, i).sub(zero).convertShape(WIDEN, DOUBLES, 0);
                xx = ((DoubleVector) x).fma(x, xx);
                yx = ((DoubleVector) y).fma(x, yx);
                yy = ((DoubleVector) y).fma(y, yy);
                zx = ((DoubleVector) z).fma(x, zx);
                zy = ((DoubleVector) z).fma(y, zy);
                zz = ((DoubleVector) z).fma(z, zz);
            }
            DoubleVector.zero(DOUBLES).add(xx).intoArray(lanes, lane);
            DoubleVector.zero(DOUBLES).add(yx).intoArray(lanes, LANES + lane);
            DoubleVector.zero(DOUBLES).add(yy).intoArray(lanes, 2 * LANES + lane);
            DoubleVector.zero(DOUBLES).add(zx).intoArray(lanes, 3 * LANES + lane);
            DoubleVector.zero(DOUBLES).add(zy).intoArray(lanes, 4 * LANES + lane);
            DoubleVector.zero(DOUBLES).add(zz).intoArray(lanes, 5 * LANES + lane);
        }
    }

    @Override
    public void addMagnitudes(
            float[] a, float[] origin, long[] kept, int from, int length, double[] sums, int at) {
        int whole = length - length % LANES;
        double[] all = new double[LANES];
        double[] ofKept = new double[LANES];
        for (int lane = 0; lane < LANES; lane += DOUBLES.length()) {
            DoubleVector sum = DoubleVector.zero(DOUBLES);
            DoubleVector keptSum = sum;
            for (int i = lane; i < whole; i += LANES) {
                DoubleVector magnitude = (DoubleVector) FloatVector.fromArray(FLOATS, a, from + i)
                        .sub(FloatVector.fromArray(FLOATS, origin, from + i))
                        .abs()
                        .convertShape(WIDEN, DOUBLES, 0);
                VectorMask<Double> isKept = VectorMask.fromLong(DOUBLES, kept[i / Long.SIZE] >>> i);
                sum = magnitude.add(sum);
                keptSum = DoubleVector.zero(DOUBLES).blend(magnitude, isKept).add(keptSum);
            }
            DoubleVector.zero(DOUBLES).add(sum).intoArray(all, lane);
            DoubleVector.zero(DOUBLES).add(keptSum).intoArray(ofKept, lane);
        }
        ScalarFloatKernels.addMagnitudes(a, origin, kept, from, whole, length, all, ofKept);
        sums[at] += reduce(all, 0);
        sums[at + 1] += reduce(ofKept, 0);
    }

    @Override
    public double sumOfSquares(float[] a, float[] origin, long[] kept, int from, int length) {
        int whole = length - length % LANES;
        double[] lanes = new double[LANES];
        for (int lane = 0; lane < LANES; lane += DOUBLES.length()) {
            DoubleVector sum = DoubleVector.zero(DOUBLES);
            for (int i = lane; i < whole; i += LANES) {
                DoubleVector difference = (DoubleVector) FloatVector.fromArray(FLOATS, a, from + i)
                        .sub(FloatVector.fromArray(FLOATS, origin, from + i))
                        .convertShape(WIDEN, DOUBLES, 0);
                VectorMask<Double> isKept = VectorMask.fromLong(DOUBLES, kept[i / Long.SIZE] >>> i);
                sum = DoubleVector.zero(DOUBLES).blend(difference.mul(difference), isKept).add(sum);
            }
            DoubleVector.zero(DOUBLES).add(sum).intoArray(lanes, lane);
        }
        ScalarFloatKernels.addSquares(a, origin, kept, from, whole, length, lanes);
        return reduce(lanes, 0);
    }
}
