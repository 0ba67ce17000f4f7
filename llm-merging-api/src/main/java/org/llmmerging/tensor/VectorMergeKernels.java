package org.llmmerging.tensor;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link MergeKernels} on the Vector API. Sums are carried from model to model as arguments, never as receivers, whose
 * length the compiler would not know.
 */
final class VectorMergeKernels extends MergeKernels {
    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorShapes.WIDE);
    private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, VectorShapes.WIDE);
    /** As many float32 lanes as a vector has float64 lanes. */
    private static final VectorSpecies<Float> NARROW = VectorSpecies.of(float.class, VectorShapes.NARROW);

    @Override
    public void addKept(float[] base, float[][] values, long[][] kept, double[] coefficients,
            int from, int length, float[] output) {
        int whole = DOUBLES.loopBound(length);
        for (int i = 0; i < whole; i += DOUBLES.length()) {
            DoubleVector origin = (DoubleVector) FloatVector.fromArray(NARROW, base, from + i)
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector sum = origin;
            for (int m = 0; m < coefficients.length; m++) {
                VectorMask<Double> isKept = VectorMask.fromLong(DOUBLES, kept[m][i / Long.SIZE] >>> i);
                DoubleVector term = ((DoubleVector) FloatVector.fromArray(NARROW, values[m], from + i)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0))
                        .sub(origin)
                        .mul(coefficients[m]);
                sum = DoubleVector.zero(DOUBLES).blend(term, isKept).add(sum);
            }
            DoubleVector merged = DoubleVector.zero(DOUBLES).add(sum);
            ((FloatVector) merged.convertShape(VectorOperators.D2F, NARROW, 0)).intoArray(output, from + i);
        }
        ScalarMergeKernels.addKept(base, values, kept, coefficients, from, whole, length, output);
    }

    @Override
    public void mergeElected(float[] base, float[][] values, long[][] kept, float[] factors,
            float[] weights, float lambda, int from, int length, float[] output) {
        int whole = FLOATS.loopBound(length);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector origin = FloatVector.fromArray(FLOATS, base, from + i);
            FloatVector positives = FloatVector.zero(FLOATS);
            FloatVector negatives = positives;
            FloatVector positiveWeights = positives;
            FloatVector negativeWeights = positives;
            for (int m = 0; m < factors.length; m++) {
                FloatVector zero = FloatVector.zero(FLOATS);
                VectorMask<Float> isKept = VectorMask.fromLong(FLOATS, kept[m][i / Long.SIZE] >>> i);
                FloatVector term = zero.blend(
                        FloatVector.fromArray(FLOATS, values[m], from + i).sub(origin).mul(factors[m]), isKept);
                FloatVector weight = FloatVector.broadcast(FLOATS, weights[m]);
                VectorMask<Float> isPositive = term.compare(VectorOperators.GT, 0);
                positives = zero.blend(term, isPositive).add(positives);
                negatives = term.blend(0, isPositive).add(negatives);
                positiveWeights = zero.blend(weight, isPositive).add(positiveWeights);
                negativeWeights = zero.blend(weight, term.compare(VectorOperators.LT, 0)).add(negativeWeights);
            }
            FloatVector zero = FloatVector.zero(FLOATS);
            FloatVector positive = zero.add(positives);
            FloatVector negative = zero.add(negatives);
            VectorMask<Float> isPositive = positive.add(negative).compare(VectorOperators.GE, 0);
            FloatVector sum = negative.blend(positive, isPositive);
            FloatVector divisor = zero.add(negativeWeights).blend(zero.add(positiveWeights), isPositive);
            sum = sum.div(divisor.blend(1, divisor.compare(VectorOperators.EQ, 0)));
            origin.add(sum.mul(lambda)).intoArray(output, from + i);
        }
        ScalarMergeKernels.mergeElected(
                base, values, kept, factors, weights, lambda, from, whole, length, output);
    }

    @Override
    public void variances(float[] base, float[][] values, int from, int length, float[] variances) {
        int whole = DOUBLES.loopBound(length);
        for (int i = 0; i < whole; i += DOUBLES.length()) {
            DoubleVector origin = (DoubleVector) FloatVector.fromArray(NARROW, base, from + i)
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector sum = DoubleVector.zero(DOUBLES);
            for (int m = 0; m < values.length; m++) {
                sum = ((DoubleVector) FloatVector.fromArray(NARROW, values[m], from + i)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0))
                        .sub(origin)
                        .add(sum);
            }
            DoubleVector mean = DoubleVector.zero(DOUBLES).add(sum).div(values.length);
            DoubleVector squares = DoubleVector.zero(DOUBLES);
            for (int m = 0; m < values.length; m++) {
                DoubleVector deviation = ((DoubleVector) FloatVector.fromArray(NARROW, values[m], from + i)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0))
                        .sub(origin)
                        .sub(mean);
                squares = deviation.mul(deviation).add(squares);
            }
            DoubleVector variance = DoubleVector.zero(DOUBLES).add(squares).div(values.length);
            ((FloatVector) variance.convertShape(VectorOperators.D2F, NARROW, 0)).intoArray(variances, i);
        }
        ScalarMergeKernels.variances(base, values, from, whole, length, variances);
    }

    @Override
    public void mergeVoted(float[] base, float[][] values, long[] kept, double[] weights, double least,
            int from, int length, float[] output) {
        int whole = DOUBLES.loopBound(length);
        for (int i = 0; i < whole; i += DOUBLES.length()) {
            FloatVector stored = FloatVector.fromArray(NARROW, base, from + i);
            DoubleVector origin = (DoubleVector) stored.convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector votes = DoubleVector.zero(DOUBLES);
            for (int m = 0; m < weights.length; m++) {
                votes = ((DoubleVector) FloatVector.fromArray(NARROW, values[m], from + i)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0))
                        .sub(origin)
                        .add(votes);
            }
            VectorMask<Double> isPositive = DoubleVector.zero(DOUBLES).add(votes).compare(VectorOperators.GE, 0);
            DoubleVector sign = DoubleVector.broadcast(DOUBLES, -1).blend(1, isPositive);
            DoubleVector sum = DoubleVector.zero(DOUBLES);
            DoubleVector divisor = sum;
            for (int m = 0; m < weights.length; m++) {
                DoubleVector zero = DoubleVector.zero(DOUBLES);
                DoubleVector agreeing = ((DoubleVector) FloatVector.fromArray(NARROW, values[m], from + i)
                        .convertShape(VectorOperators.F2D, DOUBLES, 0))
                        .sub(origin)
                        .mul(sign);
                sum = agreeing.mul(weights[m]).blend(0, agreeing.compare(VectorOperators.LE, 0)).add(sum);
                divisor = zero.blend(weights[m], agreeing.compare(VectorOperators.GT, 0)).add(divisor);
            }
            DoubleVector weight = DoubleVector.zero(DOUBLES).add(divisor);
            DoubleVector merged = sign.mul(sum)
                    .div(weight.blend(least, weight.compare(VectorOperators.LT, least)))
                    .add(origin);
            VectorMask<Float> isKept = VectorMask.fromLong(NARROW, kept[i / Long.SIZE] >>> i);
            stored.blend((FloatVector) merged.convertShape(VectorOperators.D2F, NARROW, 0), isKept)
                    .intoArray(output, from + i);
        }
        ScalarMergeKernels.mergeVoted(base, values, kept, weights, least, from, whole, length, output);
    }
}
