package org.llmmerging.tensor;

/** {@link ElementKernels} in plain Java. */
final class ScalarElementKernels extends ElementKernels {

    @Override
    void mixCounters(int first, int key0, int key1, int key2, int[] bits, int from, int end) {
        for (int i = from; i < end; i++) {
            bits[i] = mix(first + (i - from), key0, key1, key2);
        }
    }

    private static int mix(int counter, int key0, int key1, int key2) {
        int x = counter ^ key0;
        x ^= x >>> 17;
        x = (x * FIRST_MULTIPLIER) ^ key1;
        x ^= x >>> 11;
        x = (x * SECOND_MULTIPLIER) ^ key2;
        x ^= x >>> 15;
        x *= THIRD_MULTIPLIER;
        return x ^ (x >>> 14);
    }

    @Override
    void mixedBelow(int first, int key0, int key1, int key2, int threshold, int length, long[] below) {
        mixedBelow(first, key0, key1, key2, threshold, 0, length, below);
    }

    /** @param from a multiple of 64 */
    static void mixedBelow(
            int first, int key0, int key1, int key2, int threshold, int from, int end, long[] below) {
        for (int start = from; start < end; start += Long.SIZE) {
            long word = 0;
            for (int i = start; i < Math.min(start + Long.SIZE, end); i++) {
                // The sign bit of the difference: 1 when below the threshold.
                word |= (long) ((mix(first + i, key0, key1, key2) >>> 1) - threshold >>> 31) << i;
            }
            below[start / Long.SIZE] = word;
        }
    }

    @Override
    public void magnitudes(float[] a, float[] origin, int from, int length, float[] magnitudes) {
        for (int i = 0; i < length; i++) {
            magnitudes[i] = Math.abs(a[from + i] - origin[from + i]);
        }
    }

    @Override
    public void markMagnitudes(float[] a, float[] origin, int from, int length, float threshold, long[] marked) {
        markMagnitudes(a, origin, from, 0, length, threshold, marked);
    }

    /** @param first a multiple of 64 */
    static void markMagnitudes(
            float[] a, float[] origin, int from, int first, int end, float threshold, long[] marked) {
        for (int start = first; start < end; start += Long.SIZE) {
            long word = 0;
            for (int i = start; i < Math.min(start + Long.SIZE, end); i++) {
                float magnitude = Math.abs(a[from + i] - origin[from + i]);
                word |= (magnitude < threshold ? 0L : 1L) << i;
            }
            marked[start / Long.SIZE] = word;
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
    public int compareWithBounds(
            int[] numbers, int from, int length, int low, int high, long[] below, int[] between) {
        return compareWithBounds(numbers, from, 0, length, low, high, below, between, 0);
    }

    /** @param first a multiple of 64 */
    static int compareWithBounds(int[] numbers, int from, int first, int end, int low, int high, long[] below,
            int[] between, int at) {
        int next = at;
        for (int start = first; start < end; start += Long.SIZE) {
            long word = 0;
            for (int i = start; i < Math.min(start + Long.SIZE, end); i++) {
                int number = numbers[from + i] >>> 1;
                word |= (number < low ? 1L : 0L) << i;
                if (number >= low && number < high) {
                    between[next++] = i;
                }
            }
            below[start / Long.SIZE] = word;
        }
        return next - at;
    }

    @Override
    public int compareWithInterval(
            float[] scores, int length, float low, float high, int[] counts, float[] between) {
        return compareWithInterval(scores, 0, length, low, high, counts, between, 0);
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
    public int countEqual(float[] values, int from, int length, float number) {
        int equal = 0;
        for (int i = from; i < from + length; i++) {
            equal += values[i] == number ? 1 : 0;
        }
        return equal;
    }
}
