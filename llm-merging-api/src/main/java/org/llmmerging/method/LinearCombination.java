package org.llmmerging.method;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.llmmerging.Block;
import org.llmmerging.TensorKernel;

/**
 * The kernel Σ cᵢxᵢ, added up in float64 and rounded once, so that equal inputs whose coefficients sum to one come out
 * bit for bit. Vectors with coefficient 0 are not looked at.
 */
final class LinearCombination implements TensorKernel {
    private final Frame frame;
    private final int[] terms;
    private final double[] coefficients;

    /**
     * @param frame {@link Frame#MODELS} or {@link Frame#BASE_AND_MODELS}
     * @param coefficients one for each stored array
     */
    private LinearCombination(Frame frame, double[] coefficients) {
        this.frame = frame;
        this.terms = IntStream.range(0, coefficients.length)
                .filter(i -> coefficients[i] != 0)
                .toArray();
        this.coefficients = Arrays.stream(terms).mapToDouble(i -> coefficients[i]).toArray();
    }

    /**
     * @param frame what the coefficients belong to; task vectors are added to the base
     * @param coefficients one for each vector
     */
    static TensorKernel of(Frame frame, double[] coefficients) {
        return frame == Frame.TASK_VECTORS
                ? new LinearCombination(Frame.BASE_AND_MODELS, onStored(coefficients))
                : new LinearCombination(frame, coefficients);
    }

    /** Coefficients of the base and the models that give {@code base + Σ cᵢ (modelᵢ - base)}. */
    static double[] onStored(double[] ofTaskVectors) {
        double[] stored = new double[ofTaskVectors.length + 1];
        stored[0] = 1 - Arrays.stream(ofTaskVectors).sum();
        System.arraycopy(ofTaskVectors, 0, stored, 1, ofTaskVectors.length);
        return stored;
    }

    @Override
    public void apply(Block block) {
        switch (terms.length) {
            case 0 -> Arrays.fill(block.output(), 0, block.length(), 0f);
            case 1 -> one(block, frame.stored(block, terms[0]), coefficients[0]);
            case 2 -> two(block, frame.stored(block, terms[0]), frame.stored(block, terms[1]));
            case 3 -> three(block, frame.stored(block, terms[0]), frame.stored(block, terms[1]),
                    frame.stored(block, terms[2]));
            case 4 -> four(block, frame.stored(block, terms[0]), frame.stored(block, terms[1]),
                    frame.stored(block, terms[2]), frame.stored(block, terms[3]));
            default -> many(block);
        }
    }

    private static void one(Block block, float[] x, double a) {
        float[] output = block.output();
        int length = block.length();
        if (a == 1) {
            System.arraycopy(x, 0, output, 0, length);
            return;
        }
        for (int i = 0; i < length; i++) {
            output[i] = (float) (a * x[i]);
        }
    }

    private void two(Block block, float[] x, float[] y) {
        double a = coefficients[0];
        double b = coefficients[1];
        float[] output = block.output();
        int length = block.length();
        for (int i = 0; i < length; i++) {
            output[i] = (float) (a * x[i] + b * y[i]);
        }
    }

    private void three(Block block, float[] x, float[] y, float[] z) {
        double a = coefficients[0];
        double b = coefficients[1];
        double c = coefficients[2];
        float[] output = block.output();
        int length = block.length();
        for (int i = 0; i < length; i++) {
            output[i] = (float) (a * x[i] + b * y[i] + c * z[i]);
        }
    }

    private void four(Block block, float[] x, float[] y, float[] z, float[] w) {
        double a = coefficients[0];
        double b = coefficients[1];
        double c = coefficients[2];
        double d = coefficients[3];
        float[] output = block.output();
        int length = block.length();
        for (int i = 0; i < length; i++) {
            output[i] = (float) (a * x[i] + b * y[i] + c * z[i] + d * w[i]);
        }
    }

    private void many(Block block) {
        int last = terms.length - 1;
        double[] sums = new double[Tiles.SIZE];
        Tiles.forEach(block.length(), (from, length) -> {
            first(sums, frame.stored(block, terms[0]), frame.stored(block, terms[1]), from, length);
            for (int t = 2; t < last; t++) {
                add(sums, frame.stored(block, terms[t]), from, length, coefficients[t]);
            }
            last(sums, frame.stored(block, terms[last]), from, length, coefficients[last], block.output());
        });
    }

    private void first(double[] sums, float[] x, float[] y, int from, int length) {
        double a = coefficients[0];
        double b = coefficients[1];
        for (int i = 0; i < length; i++) {
            sums[i] = a * x[from + i] + b * y[from + i];
        }
    }

    private static void last(double[] sums, float[] x, int from, int length, double a, float[] output) {
        for (int i = 0; i < length; i++) {
            output[from + i] = (float) (sums[i] + a * x[from + i]);
        }
    }

    private static void add(double[] sums, float[] x, int from, int length, double a) {
        for (int i = 0; i < length; i++) {
            sums[i] += a * x[from + i];
        }
    }
}
