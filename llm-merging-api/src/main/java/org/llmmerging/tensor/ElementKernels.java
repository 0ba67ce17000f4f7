package org.llmmerging.tensor;

/**
 * Elementwise loops that the compiler does not vectorise by itself. Every implementation gives the same bits. Stateless
 * and thread-safe.
 *
 * <p>A mask is an array of words, a bit for each element: bit {@code i % 64} of word {@code i / 64}, whose bits past
 * the last element mean nothing.
 */
public abstract sealed class ElementKernels permits ScalarElementKernels, VectorElementKernels {
    static final int FIRST_MULTIPLIER = 0xED5AD4BB;
    static final int SECOND_MULTIPLIER = 0xAC4C1B51;
    static final int THIRD_MULTIPLIER = 0x31848BAB;

    ElementKernels() {}

    /** The fastest implementation that this virtual machine can run. */
    public static ElementKernels instance() {
        return Holder.INSTANCE;
    }

    /**
     * Mixes the consecutive counters {@code first, first + 1, …} into {@code bits[from]} to {@code bits[end - 1]}: the
     * rounds that {@link CounterRandom} describes.
     */
    abstract void mixCounters(int first, int key0, int key1, int key2, int[] bits, int from, int end);

    /**
     * Marks which of the numbers that {@link #mixCounters} would give for {@code length} counters are below a
     * threshold.
     *
     * @param threshold what their upper 31 bits are compared with
     * @param below receives the mask
     */
    abstract void mixedBelow(int first, int key0, int key1, int key2, int threshold, int length, long[] below);

    /**
     * Writes {@code |a[i] - origin[i]|}, rounded to float32, of {@code length} elements from {@code from} into
     * {@code magnitudes}, from index 0.
     */
    public abstract void magnitudes(float[] a, float[] origin, int from, int length, float[] magnitudes);

    /**
     * Marks the elements whose {@code |a[i] - origin[i]|}, rounded to float32, is not below a threshold, or what is not
     * a number.
     *
     * @param from the first of {@code length} elements
     * @param threshold for those equal to it to be left out, the next larger number
     * @param marked receives the mask, of which the first element is {@code from}
     */
    public abstract void markMagnitudes(
            float[] a, float[] origin, int from, int length, float threshold, long[] marked);

    /**
     * The bits of the largest magnitude among {@code length} values from {@code from}: a float32, of which infinity is
     * {@code 0x7f800000} and what is not a number is more. 0 for no values.
     */
    public abstract int largestMagnitudeBits(float[] values, int from, int length);

    /**
     * Compares 31-bit numbers with two bounds.
     *
     * @param numbers their bits but for the lowest, of {@code length} numbers from {@code from}
     * @param low up to {@code high}, both non-negative
     * @param below receives the mask of those below {@code low}
     * @param between has room for {@code length} indices, and receives, rising from 0, those of the numbers from
     *     {@code low} to below {@code high}; what lies behind them means nothing
     * @return how many those are
     */
    public abstract int compareWithBounds(
            int[] numbers, int from, int length, int low, int high, long[] below, int[] between);

    /**
     * Compares scores with an interval.
     *
     * @param scores non-negative, the first {@code length} of which are looked at
     * @param counts of the scores above {@code high}, equal to it, and equal to {@code low}, are added to its first
     *     three elements
     * @param between has room for {@code length} scores, and receives those that lie inside the interval, in order;
     *     what lies behind them means nothing
     * @return how many lie inside
     */
    public abstract int compareWithInterval(
            float[] scores, int length, float low, float high, int[] counts, float[] between);

    /**
     * How many values of a row are below one of them, and, of those equal to it, before it.
     *
     * @param from where the row starts
     * @param length values in the row
     * @param at which value, from 0
     */
    public abstract int rank(float[] values, int from, int length, int at);

    /** How many of {@code length} values from {@code from} are equal to a number. */
    public abstract int countEqual(float[] values, int from, int length, float number);

    private static final class Holder {
        static final ElementKernels INSTANCE = VectorModule.load()
                ? new VectorElementKernels()
                : new ScalarElementKernels();
    }
}
