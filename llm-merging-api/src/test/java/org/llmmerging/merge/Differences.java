package org.llmmerging.merge;

import org.llmmerging.checkpoint.Tensor;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.FloatCodec;

/** Counts in what two sets of tensors of one type differ. */
final class Differences {
    private long elements;
    private long different;
    private long beyondOneUlp;
    private long far;
    private long large;

    /** @param largest differences above it are counted as large */
    void add(Tensor expected, float[] merged, double largest) {
        DType dtype = expected.info().dtype();
        float[] wanted = read(expected);
        for (int i = 0; i < wanted.length; i++) {
            double difference = Math.abs((double) wanted[i] - merged[i]);
            elements++;
            different += difference != 0 ? 1 : 0;
            beyondOneUlp += difference > step(Math.max(Math.abs(wanted[i]), Math.abs(merged[i])), dtype) ? 1 : 0;
            far += difference > 4 * halfPrecision(dtype) * Math.max(Math.abs(wanted[i]), 0.01) ? 1 : 0;
            large += !(difference <= largest) ? 1 : 0;
        }
    }

    /** Every element, widened. */
    static float[] read(Tensor tensor) {
        float[] values = new float[(int) tensor.info().shape().elements()];
        FloatCodec.of(tensor.info().dtype()).decode(tensor.data(), 0, values, 0, values.length);
        return values;
    }

    boolean within(Tolerance tolerance) {
        long flips = tolerance.flips();
        return different <= Math.round(tolerance.different() * elements) + flips
                && beyondOneUlp <= tolerance.beyondOneUlp() + flips
                && far <= tolerance.far() + flips
                && large <= flips;
    }

    @Override
    public String toString() {
        return "of " + elements + " elements " + different + " differ, " + beyondOneUlp + " by more than one step, "
                + far + " by more than four roundings, " + large + " by more than the largest difference";
    }

    /** The distance between neighbouring values of the type at a magnitude. */
    private static double step(double magnitude, DType dtype) {
        int exponent = magnitude == 0 ? -1000 : Math.getExponent(magnitude);
        return switch (dtype) {
            case BF16 -> Math.scalb(1.0, Math.max(exponent, -126) - 7);
            case F16 -> Math.scalb(1.0, Math.max(exponent, -14) - 10);
            default -> Math.scalb(1.0, Math.max(exponent, -126) - 23);
        };
    }

    private static double halfPrecision(DType dtype) {
        return switch (dtype) {
            case BF16 -> 1.0 / 256;
            case F16 -> 1.0 / 2048;
            default -> 1.0 / (1 << 24);
        };
    }
}
