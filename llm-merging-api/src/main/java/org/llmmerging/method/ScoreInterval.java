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

    /**
     * A radix selection over the bits in which the ends of the interval differ. Of weights with few bits, many
     * differences are equal, so that the last bucket is large: it is counted, not sorted.
     */
    private Found select(int count) {
        int origin = Float.floatToRawIntBits(Math.max(low, 0));
        int range = Float.floatToRawIntBits(high) - origin;
        int shift = Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(range) - RADIX_BITS);
        float[][] candidates = between;
        int wanted = count;
        while (true) {
            int[] counts = new int[(range >>> shift) + 1];
            count(candidates, origin, shift, counts);
            int bucket = counts.length - 1;
            while (wanted > counts[bucket]) {
                wanted -= counts[bucket--];
            }
            origin += bucket << shift;
            if (shift == 0) {
                return new Found(Float.intBitsToFloat(origin), wanted, counts[bucket]);
            }
            candidates = new float[][] {inBucket(candidates, origin, shift, counts[bucket])};
            range = (1 << shift) - 1;
            shift = Math.max(0, shift - RADIX_BITS);
        }
    }

    /** Counts the scores by their distance from the origin. None is below it, none is past the last counter. */
    private static void count(float[][] candidates, int origin, int shift, int[] counts) {
        for (float[] scores : candidates) {
            for (float score : scores) {
                counts[(Float.floatToRawIntBits(score) - origin) >>> shift]++;
            }
        }
    }

    private static float[] inBucket(float[][] candidates, int origin, int shift, int size) {
        float[] held = new float[size];
        int next = 0;
        for (float[] scores : candidates) {
            for (float score : scores) {
                if ((Float.floatToRawIntBits(score) - origin) >>> shift == 0) {
                    held[next++] = score;
                }
            }
        }
        return held;
    }
}
