package org.llmmerging.tensor;

/** {@link MergeKernels} in plain Java. */
final class ScalarMergeKernels extends MergeKernels {

    @Override
    public void addKept(float[] base, float[][] values, long[][] kept, double[] coefficients,
            int from, int length, float[] output) {
        addKept(base, values, kept, coefficients, from, 0, length, output);
    }

    static void addKept(float[] base, float[][] values, long[][] kept, double[] coefficients,
            int from, int first, int end, float[] output) {
        for (int i = first; i < end; i++) {
            double origin = base[from + i];
            double sum = origin;
            for (int m = 0; m < coefficients.length; m++) {
                sum += isKept(kept[m], i) ? coefficients[m] * (values[m][from + i] - origin) : 0;
            }
            output[from + i] = (float) sum;
        }
    }

    private static boolean isKept(long[] mask, int index) {
        return (mask[index / Long.SIZE] >>> index & 1) != 0;
    }

    @Override
    public void mergeElected(float[] base, float[][] values, long[][] kept, float[] factors,
            float[] weights, float lambda, int from, int length, float[] output) {
        mergeElected(base, values, kept, factors, weights, lambda, from, 0, length, output);
    }

    static void mergeElected(float[] base, float[][] values, long[][] kept, float[] factors,
            float[] weights, float lambda, int from, int first, int end, float[] output) {
        for (int i = first; i < end; i++) {
            float origin = base[from + i];
            float positive = 0;
            float negative = 0;
            float positiveWeight = 0;
            float negativeWeight = 0;
            for (int m = 0; m < factors.length; m++) {
                float difference = values[m][from + i] - origin;
                float term = isKept(kept[m], i) ? factors[m] * difference : 0;
                if (term > 0) {
                    positive += term;
                    positiveWeight += weights[m];
                } else {
                    negative += term;
                    negativeWeight += term < 0 ? weights[m] : 0;
                }
            }
            // What is not a number is among the negative terms, and makes this comparison false.
            boolean isPositive = positive + negative >= 0;
            float sum = isPositive ? positive : negative;
            float divisor = isPositive ? positiveWeight : negativeWeight;
            output[from + i] = origin + lambda * (sum / (divisor == 0 ? 1 : divisor));
        }
    }

    @Override
    public void variances(float[] base, float[][] values, int from, int length, float[] variances) {
        variances(base, values, from, 0, length, variances);
    }

    static void variances(float[] base, float[][] values, int from, int first, int end, float[] variances) {
        for (int i = first; i < end; i++) {
            double origin = base[from + i];
            double sum = 0;
            for (float[] ofModel : values) {
                sum += ofModel[from + i] - origin;
            }
            double mean = sum / values.length;
            double squares = 0;
            for (float[] ofModel : values) {
                double deviation = ofModel[from + i] - origin - mean;
                squares += deviation * deviation;
            }
            variances[i] = (float) (squares / values.length);
        }
    }

    @Override
    public void mergeVoted(float[] base, float[][] values, long[] kept, double[] weights, double least,
            int from, int length, float[] output) {
        mergeVoted(base, values, kept, weights, least, from, 0, length, output);
    }

    static void mergeVoted(float[] base, float[][] values, long[] kept, double[] weights, double least,
            int from, int first, int end, float[] output) {
        for (int i = first; i < end; i++) {
            double origin = base[from + i];
            double votes = 0;
            for (float[] ofModel : values) {
                votes += ofModel[from + i] - origin;
            }
            double sign = votes >= 0 ? 1 : -1;
            double sum = 0;
            double divisor = 0;
            for (int m = 0; m < weights.length; m++) {
                double agreeing = sign * (values[m][from + i] - origin);
                // What is not a number is added as well, with no weight.
                sum += agreeing <= 0 ? 0 : weights[m] * agreeing;
                divisor += agreeing > 0 ? weights[m] : 0;
            }
            double merged = origin + sign * sum / (divisor < least ? least : divisor);
            output[from + i] = isKept(kept, i) ? (float) merged : base[from + i];
        }
    }
}
