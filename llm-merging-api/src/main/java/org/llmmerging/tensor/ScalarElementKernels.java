package org.llmmerging.tensor;

/** {@link ElementKernels} in plain Java. */
final class ScalarElementKernels extends ElementKernels {

    @Override
    void mixCounters(int first, int key0, int key1, int key2, int[] bits, int from, int end) {
        for (int i = from; i < end; i++) {
            int x = (first + (i - from)) ^ key0;
            x ^= x >>> 17;
            x = (x * FIRST_MULTIPLIER) ^ key1;
            x ^= x >>> 11;
            x = (x * SECOND_MULTIPLIER) ^ key2;
            x ^= x >>> 15;
            x *= THIRD_MULTIPLIER;
            bits[i] = x ^ (x >>> 14);
        }
    }

    @Override
    public void magnitudes(float[] a, float[] origin, int from, int length, float[] magnitudes) {
        for (int i = 0; i < length; i++) {
            magnitudes[i] = Math.abs(a[from + i] - origin[from + i]);
        }
    }

    @Override
    public int largestMagnitudeBits(float[] values, int from, int length) {
        int largest = 0;
        for (int i = from; i < from + length; i++) {
            largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & Integer.MAX_VALUE);
        }
        return largest;
    }

    @Override
    public void pack(float[] flags, int length, long[] words, int at) {
        int word = at;
        for (int from = 0; from < length; from += Long.SIZE) {
            long bits = 0;
            for (int i = 0; i < Long.SIZE; i++) {
                // The lowest exponent bit tells 1 from 0, and takes less time than a conversion.
                bits |= (long) (Float.floatToRawIntBits(flags[from + i]) >>> 23 & 1) << i;
            }
            words[word++] = bits;
        }
    }

    @Override
    public int compareWithBounds(
            int[] numbers, int from, int length, int low, int high, int[] below, int[] between) {
        return compareWithBounds(numbers, from, 0, length, low, high, below, between, 0);
    }

    static int compareWithBounds(int[] numbers, int from, int first, int end, int low, int high, int[] below,
            int[] between, int at) {
        int next = at;
        for (int i = first; i < end; i++) {
            int number = numbers[from + i] >>> 1;
            below[i] = number < low ? 1 : 0;
            if (number >= low && number < high) {
                between[next++] = i;
            }
        }
        return next - at;
    }

    @Override
    public int compareWithInterval(
            float[] scores, int length, float low, float high, int[] counts, float[] between, int at) {
        return compareWithInterval(scores, 0, length, low, high, counts, between, at);
    }

    static int compareWithInterval(
            float[] scores, int from, int end, float low, float high, int[] counts, float[] between, int at) {
        int next = at;
        for (int i = from; i < end; i++) {
            float score = scores[i];
            if (score > high) {
                counts[0]++;
            } else if (score > low && score < high) {
                between[next++] = score;
            }
            counts[1] += score == high ? 1 : 0;
            counts[2] += score == low ? 1 : 0;
        }
        return next - at;
    }

    @Override
    public int rank(float[] values, int from, int length, int at) {
        return rank(values, from, 0, length, at);
    }

    static int rank(float[] values, int from, int first, int end, int at) {
        float value = values[from + at];
        int rank = 0;
        for (int i = first; i < end; i++) {
            rank += values[from + i] < value || (values[from + i] == value && i < at) ? 1 : 0;
        }
        return rank;
    }

    @Override
    public void mergeElected(float[] base, float[][] values, float[][] kept, double[] factors,
            double[] weights, double lambda, int from, int length, float[] output) {
        mergeElected(base, values, kept, factors, weights, lambda, from, 0, length, output);
    }

    static void mergeElected(float[] base, float[][] values, float[][] kept, double[] factors,
            double[] weights, double lambda, int from, int first, int end, float[] output) {
        for (int i = first; i < end; i++) {
            float origin = base[from + i];
            double positive = 0;
            double negative = 0;
            double positiveWeight = 0;
            double negativeWeight = 0;
            for (int m = 0; m < factors.length; m++) {
                float difference = values[m][from + i] - origin;
                double term = kept[m][i] * factors[m] * difference;
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
            double sum = isPositive ? positive : negative;
            double divisor = isPositive ? positiveWeight : negativeWeight;
            output[from + i] = (float) (origin + lambda * (sum / (divisor == 0 ? 1 : divisor)));
        }
    }
}
