package org.llmmerging.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link ElementKernels} on the Vector API. */
final class VectorElementKernels extends ElementKernels {
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, VectorShapes.WIDE);
    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorShapes.WIDE);

    @Override
    void mixCounters(int first, int key0, int key1, int key2, int[] bits, int from, int end) {
        int whole = INTS.loopBound(end - from);
        for (int i = 0; i < whole; i += INTS.length()) {
            // Not carried from round to round: it would be a receiver, whose length the compiler would not know.
            IntVector x = IntVector.broadcast(INTS, first + i).addIndex(1).lanewise(VectorOperators.XOR, key0);
            x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 17));
            x = x.mul(FIRST_MULTIPLIER).lanewise(VectorOperators.XOR, key1);
            x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 11));
            x = x.mul(SECOND_MULTIPLIER).lanewise(VectorOperators.XOR, key2);
            x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 15));
            x = x.mul(THIRD_MULTIPLIER);
            x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 14)).intoArray(bits, from + i);
        }
        new ScalarElementKernels().mixCounters(first + whole, key0, key1, key2, bits, from + whole, end);
    }

    // The rounds stand here once more: a method that both loops called would be compiled by itself and no longer
    // inlined, and drawing bits first to compare them then takes dare a fourteenth more of its time.
    @Override
    void mixedBelow(int first, int key0, int key1, int key2, int threshold, int length, long[] below) {
        int whole = length - length % Long.SIZE;
        for (int start = 0; start < whole; start += Long.SIZE) {
            long word = 0;
            for (int i = 0; i < Long.SIZE; i += INTS.length()) {
                IntVector x = IntVector.broadcast(INTS, first + start + i).addIndex(1)
                        .lanewise(VectorOperators.XOR, key0);
                x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 17));
                x = x.mul(FIRST_MULTIPLIER).lanewise(VectorOperators.XOR, key1);
                x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 11));
                x = x.mul(SECOND_MULTIPLIER).lanewise(VectorOperators.XOR, key2);
                x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 15));
                x = x.mul(THIRD_MULTIPLIER);
                x = x.lanewise(VectorOperators.XOR, x.lanewise(VectorOperators.LSHR, 14));
                word |= x.lanewise(VectorOperators.LSHR, 1).compare(VectorOperators.LT, threshold).toLong() << i;
            }
            below[start / Long.SIZE] = word;
        }
        ScalarElementKernels.mixedBelow(first, key0, key1, key2, threshold, whole, length, below);
    }

    @Override
    public void markMagnitudes(float[] a, float[] origin, int from, int length, float threshold, long[] marked) {
        int whole = length - length % Long.SIZE;
        for (int start = 0; start < whole; start += Long.SIZE) {
            long smaller = 0;
            for (int i = 0; i < Long.SIZE; i += FLOATS.length()) {
                smaller |= FloatVector.fromArray(FLOATS, a, from + start + i)
                        .sub(FloatVector.fromArray(FLOATS, origin, from + start + i))
                        .abs()
                        .compare(VectorOperators.LT, threshold)
                        .toLong() << i;
            }
            marked[start / Long.SIZE] = ~smaller;
        }
        ScalarElementKernels.markMagnitudes(a, origin, from, whole, length, threshold, marked);
    }

    @Override
    public void magnitudes(float[] a, float[] origin, int from, int length, float[] magnitudes) {
        int whole = FLOATS.loopBound(length);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, a, from + i)
                    .sub(FloatVector.fromArray(FLOATS, origin, from + i))
                    .abs()
                    .intoArray(magnitudes, i);
        }
        for (int i = whole; i < length; i++) {
            magnitudes[i] = Math.abs(a[from + i] - origin[from + i]);
        }
    }

    @Override
    public int largestMagnitudeBits(float[] values, int from, int length) {
        IntVector largest = IntVector.zero(INTS);
        int whole = FLOATS.loopBound(length);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            IntVector bits = FloatVector.fromArray(FLOATS, values, from + i).reinterpretAsInts();
            largest = bits.and(Integer.MAX_VALUE).max(largest);
        }
        return Math.max(
                largest.reduceLanes(VectorOperators.MAX),
                new ScalarElementKernels().largestMagnitudeBits(values, from + whole, length - whole));
    }

    @Override
    public int compareWithBounds(
            int[] numbers, int from, int length, int low, int high, long[] below, int[] between) {
        int whole = length - length % Long.SIZE;
        int next = 0;
        for (int start = 0; start < whole; start += Long.SIZE) {
            long word = 0;
            for (int i = 0; i < Long.SIZE; i += INTS.length()) {
                IntVector number = IntVector.fromArray(INTS, numbers, from + start + i)
                        .lanewise(VectorOperators.LSHR, 1);
                VectorMask<Integer> isBelow = number.compare(VectorOperators.LT, low);
                VectorMask<Integer> inside = number.compare(VectorOperators.LT, high).andNot(isBelow);
                word |= isBelow.toLong() << i;
                // A whole vector fits, for no more numbers were found than looked at.
                IntVector.broadcast(INTS, start + i).addIndex(1).compress(inside).intoArray(between, next);
                next += inside.trueCount();
            }
            below[start / Long.SIZE] = word;
        }
        return next + ScalarElementKernels.compareWithBounds(
                numbers, from, whole, length, low, high, below, between, next);
    }

    @Override
    public int compareWithInterval(
            float[] scores, int length, float low, float high, int[] counts, float[] between) {
        int whole = FLOATS.loopBound(length);
        int above = 0;
        int equalHigh = 0;
        int equalLow = 0;
        int next = 0;
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector score = FloatVector.fromArray(FLOATS, scores, i);
            above += score.compare(VectorOperators.GT, high).trueCount();
            equalHigh += score.compare(VectorOperators.EQ, high).trueCount();
            equalLow += score.compare(VectorOperators.EQ, low).trueCount();
            VectorMask<Float> inside = score.compare(VectorOperators.GT, low)
                    .and(score.compare(VectorOperators.LT, high));
            // A whole vector fits, for no more scores were found than looked at. Branches would be mispredicted.
            score.compress(inside).intoArray(between, next);
            next += inside.trueCount();
        }
        counts[0] += above;
        counts[1] += equalHigh;
        counts[2] += equalLow;
        return next
                + ScalarElementKernels.compareWithInterval(scores, whole, length, low, high, counts, between, next);
    }

    @Override
    public int rank(float[] values, int from, int length, int at) {
        float value = values[from + at];
        int before = FLOATS.loopBound(at);
        int whole = FLOATS.loopBound(length);
        int rank = 0;
        for (int i = 0; i < before; i += FLOATS.length()) {
            rank += FloatVector.fromArray(FLOATS, values, from + i)
                    .compare(VectorOperators.LE, value)
                    .trueCount();
        }
        if (before >= whole) {
            return rank + ScalarElementKernels.rank(values, from, before, length, at);
        }
        FloatVector around = FloatVector.fromArray(FLOATS, values, from + before);
        long equalBefore = around.compare(VectorOperators.EQ, value).toLong() & (1L << (at - before)) - 1;
        rank += around.compare(VectorOperators.LT, value).trueCount() + Long.bitCount(equalBefore);
        for (int i = before + FLOATS.length(); i < whole; i += FLOATS.length()) {
            rank += FloatVector.fromArray(FLOATS, values, from + i)
                    .compare(VectorOperators.LT, value)
                    .trueCount();
        }
        return rank + ScalarElementKernels.rank(values, from, whole, length, at);
    }

    @Override
    public int countEqual(float[] values, int from, int length, float number) {
        int whole = FLOATS.loopBound(length);
        int equal = 0;
        for (int i = 0; i < whole; i += FLOATS.length()) {
            equal += FloatVector.fromArray(FLOATS, values, from + i)
                    .compare(VectorOperators.EQ, number)
                    .trueCount();
        }
        return equal + new ScalarElementKernels().countEqual(values, from + whole, length - whole, number);
    }
}
