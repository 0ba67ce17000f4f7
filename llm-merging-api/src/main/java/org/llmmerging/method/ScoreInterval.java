package org.llmmerging.method;

import java.util.Arrays;
import java.util.Optional;
import org.llmmerging.tensor.ElementKernels;

/**
 * An interval of scores, how many scores of each chunk lie above it or on its ends, and the scores inside it. Chunks
 * are put in by any thread, each once; then the whole is read.
 */
final class ScoreInterval {
    private static final int RADIX_BITS = 12;

    private final float low;
    private final float high;
    private final int[] above;
    private final int[] equalHigh;
    private final int[] equalLow;
    private final float[][] between;

    /**
     * @param low a score, or −1
     * @param high the same or a larger score, or infinity
     */
    ScoreInterval(float low, float high, int chunks) {
        this.low = low;
        this.high = high;
        this.above = new int[chunks];
        this.equalHigh = new int[chunks];
        this.equalLow = new int[chunks];
        this.between = new float[chunks][];
    }

    /** What is found in one chunk. One thread only. */
    static final class Tally {
        private final int[] counts = new int[3];
        private float[] between = new float[0];
        private int inside;

        /**
         * Adds the first {@code length} of some scores.
         *
         * @param found working memory of as many elements
         */
        void add(ElementKernels kernels, float[] scores, int length, ScoreInterval interval, float[] found) {
            int more = kernels.compareWithInterval(scores, length, interval.low, interval.high, counts, found);
            if (between.length < inside + more) {
                between = Arrays.copyOf(between, 2 * (inside + more));
            }
            System.arraycopy(found, 0, between, inside, more);
            inside += more;
        }
    }

    /** Says what a chunk holds. */
    void put(int chunk, Tally tally) {
        above[chunk] = tally.counts[0];
        equalHigh[chunk] = tally.counts[1];
        equalLow[chunk] = low == high ? 0 : tally.counts[2];
        between[chunk] = Arrays.copyOf(tally.between, tally.inside);
    }

    /**
     * Where the search ends.
     *
     * @param threshold a score of the tensor
     * @param wanted how many of the scores equal to it are to be taken
     * @param held how many there are
     */
    record Found(float threshold, long wanted, long held) {}

    /** The {@code count}-th largest score of the tensor, or nothing when it lies outside the interval. */
    Optional<Found> find(long count) {
        long wanted = count - sum(above);
        long held = sum(equalHigh);
        if (wanted <= 0) {
            return Optional.empty();
        }
        if (wanted <= held) {
            return Optional.of(new Found(high, wanted, held));
        }
        wanted -= held;
        int inside = Arrays.stream(between).mapToInt(scores -> scores.length).sum();
        if (wanted <= inside) {
            return Optional.of(select((int) wanted));
        }
        wanted -= inside;
        held = sum(equalLow);
        return wanted <= held ? Optional.of(new Found(low, wanted, held)) : Optional.empty();
    }

    /** How many of a chunk's scores are equal to one that was found. */
    long equal(float threshold, int chunk) {
        if (threshold == high) {
            return equalHigh[chunk];
        }
        return threshold == low ? equalLow[chunk] : equal(between[chunk], threshold);
    }

    private static long equal(float[] scores, float threshold) {
        long equal = 0;
        for (float score : scores) {
            equal += score == threshold ? 1 : 0;
        }
        return equal;
    }

    private static long sum(int[] counts) {
        long sum = 0;
        for (int count : counts) {
            sum += count;
        }
        return sum;
    }

    /** One radix step over the scores inside, then a sort of what the bucket holds. */
    private Found select(int count) {
        int origin = Float.floatToRawIntBits(Math.max(low, 0));
        int range = Float.floatToRawIntBits(high) - origin;
        int shift = Math.max(0, 32 - Integer.numberOfLeadingZeros(range) - RADIX_BITS);
        int[] counts = new int[(range >>> shift) + 1];
        for (float[] scores : between) {
            for (float score : scores) {
                counts[(Float.floatToRawIntBits(score) - origin) >>> shift]++;
            }
        }
        int bucket = counts.length - 1;
        int wanted = count;
        while (wanted > counts[bucket]) {
            wanted -= counts[bucket--];
        }
        float[] held = new float[counts[bucket]];
        int next = 0;
        for (float[] scores : between) {
            for (float score : scores) {
                if ((Float.floatToRawIntBits(score) - origin) >>> shift == bucket) {
                    held[next++] = score;
                }
            }
        }
        Arrays.sort(held);
        float threshold = held[held.length - wanted];
        int larger = held.length - 1;
        while (larger >= 0 && held[larger] > threshold) {
            larger--;
        }
        return new Found(threshold, wanted - (held.length - 1 - larger), equal(held, threshold));
    }
}
