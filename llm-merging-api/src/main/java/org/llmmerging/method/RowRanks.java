package org.llmmerging.method;

import java.util.Arrays;
import org.llmmerging.tensor.ElementKernels;

/**
 * Ranks of magnitudes within a row, from 0, the smallest; of equal ones the first ranks lowest. A row is not sorted: a
 * histogram gives the ranks that an element may have, in next to no time, and comparing it with the whole row the one
 * that it has. Fine-tunes stored in 16 bits have few different magnitudes, so the next element is often equal to one
 * whose rank is known, and only the equal ones between them are counted. In a row of more than 65536 elements, each of
 * which is compared with too many, the row is sorted after all, when the first exact rank is asked for. Holds working
 * arrays: one thread only.
 */
final class RowRanks {
    private static final int MOST_BUCKETS = 512;
    private static final int COLUMNS_PER_BUCKET = 8;
    private static final int LANES = 4;
    private static final int LONGEST_COMPARED = 1 << 16;

    private final int columns;
    private final int bucketCount;
    private final int[] buckets;
    private final int[] counts;
    private final int[] starts;
    private final int[] least;
    private final int[] most;
    /** Of each bucket, the column whose rank was asked for last, or −1, and its rank. */
    private final int[] known;
    private final int[] ranks;
    /** Of a long row, the bits of all magnitudes, which order as they do, with their columns. */
    private final long[] sorted;
    private boolean isSorted;
    private float[] magnitudes = new float[0];
    private int row;

    /** Bytes of the working arrays of a row, to which sorting a long one may add as much as what is sorted. */
    static long bytes(long columns) {
        return columns * (columns > LONGEST_COMPARED ? Integer.BYTES + 2 * Long.BYTES : Integer.BYTES);
    }

    RowRanks(int columns) {
        this.columns = columns;
        this.bucketCount = Math.clamp(columns / COLUMNS_PER_BUCKET, 1, MOST_BUCKETS);
        this.buckets = new int[columns];
        this.counts = new int[LANES * bucketCount];
        this.starts = new int[bucketCount + 1];
        this.least = new int[bucketCount];
        this.most = new int[bucketCount];
        this.known = new int[bucketCount];
        this.ranks = new int[bucketCount];
        this.sorted = new long[columns > LONGEST_COMPARED ? columns : 0];
    }

    /**
     * Looks at a row.
     *
     * @param values non-negative; unchanged while ranks are asked for
     * @param from where the row starts
     */
    void read(float[] values, int from) {
        magnitudes = values;
        row = from;
        isSorted = false;
        // A product with a positive number grows with the magnitude; what is not a number goes into the first bucket.
        float scale = bucketCount
                / Float.intBitsToFloat(ElementKernels.instance().largestMagnitudeBits(values, from, columns));
        for (int i = 0; i < columns; i++) {
            buckets[i] = Math.min((int) (values[from + i] * scale), bucketCount - 1);
        }
        count();
        Arrays.fill(known, -1);
    }

    /** Where each bucket starts. Neighbours are often equal: counted in turn, they need not wait for each other. */
    private void count() {
        Arrays.fill(counts, 0);
        int whole = columns - columns % LANES;
        for (int i = 0; i < whole; i += LANES) {
            counts[buckets[i]]++;
            counts[bucketCount + buckets[i + 1]]++;
            counts[2 * bucketCount + buckets[i + 2]]++;
            counts[3 * bucketCount + buckets[i + 3]]++;
        }
        for (int i = whole; i < columns; i++) {
            counts[buckets[i]]++;
        }
        int start = 0;
        for (int bucket = 0; bucket < bucketCount; bucket++) {
            starts[bucket] = start;
            start += counts[bucket]
                    + counts[bucketCount + bucket]
                    + counts[2 * bucketCount + bucket]
                    + counts[3 * bucketCount + bucket];
        }
        starts[bucketCount] = start;
    }

    /**
     * Compares random numbers with a threshold for each rank, as far as the histogram gives the ranks. Without
     * branches, for nobody can foretell them.
     *
     * @param thresholds by rank, rising
     * @param random the upper 31 bits of which count, from index {@code from}
     * @param below receives the mask, in the form of {@link ElementKernels}, of those below their threshold
     * @param open receives the columns for which only the exact rank decides
     * @return how many those are
     */
    int belowThresholds(int[] thresholds, int[] random, int from, long[] below, int[] open) {
        // A number outside the range of all thresholds needs no rank, which is most.
        int undecided = ElementKernels.instance()
                .compareWithBounds(random, from, columns, thresholds[0], thresholds[columns - 1], below, open);
        if (undecided == 0) {
            return 0;
        }
        for (int bucket = 0; bucket < bucketCount; bucket++) {
            least[bucket] = thresholds[Math.min(starts[bucket], columns - 1)];
            most[bucket] = thresholds[Math.max(starts[bucket + 1] - 1, 0)];
        }
        int count = 0;
        for (int i = 0; i < undecided; i++) {
            int column = open[i];
            int number = random[from + column] >>> 1;
            int bucket = buckets[column];
            int certain = number - least[bucket] >>> 31;
            below[column / Long.SIZE] |= (long) certain << column;
            open[count] = column;
            count += (number - most[bucket] >>> 31) - certain;
        }
        return count;
    }

    /** An element's rank, soonest when it is asked for in the order of the columns. */
    int exactly(int column) {
        ElementKernels kernels = ElementKernels.instance();
        float magnitude = magnitudes[row + column];
        if (columns > LONGEST_COMPARED) {
            return Float.isNaN(magnitude) ? 0 : amongSorted(column);
        }
        int bucket = buckets[column];
        int before = known[bucket];
        int rank = before >= 0 && before <= column && magnitudes[row + before] == magnitude
                ? ranks[bucket] + kernels.countEqual(magnitudes, row + before, column - before, magnitude)
                : kernels.rank(magnitudes, row, columns, column);
        known[bucket] = column;
        ranks[bucket] = rank;
        return rank;
    }

    private int amongSorted(int column) {
        if (!isSorted) {
            Arrays.setAll(sorted, this::sortKey);
            Arrays.sort(sorted);
            isSorted = true;
        }
        return Arrays.binarySearch(sorted, sortKey(column));
    }

    private long sortKey(int column) {
        return (long) Float.floatToIntBits(magnitudes[row + column]) << Integer.SIZE | column;
    }
}
