package org.llmmerging.method;

import java.util.Arrays;
import org.llmmerging.tensor.ElementKernels;

/**
 * Ranks of magnitudes within a row, from 0, the smallest; of equal ones the first ranks lowest. A row is not sorted: a
 * histogram tells the ranks that an element may have, in next to no time, and comparing it with the whole row the one
 * that it has. Holds working arrays: one thread only.
 */
final class RowRanks {
    private static final int BUCKETS = 512;
    private static final int LANES = 4;

    private final int columns;
    private final int[] buckets;
    private final int[] counts = new int[LANES * BUCKETS];
    private final int[] starts = new int[BUCKETS + 1];
    private final int[] least = new int[BUCKETS];
    private final int[] most = new int[BUCKETS];
    private float[] magnitudes = new float[0];
    private int row;

    RowRanks(int columns) {
        this.columns = columns;
        this.buckets = new int[columns];
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
        // A product with a positive number grows with the magnitude; what is not a number goes into the first bucket.
        float scale = BUCKETS / largest(values, from);
        for (int i = 0; i < columns; i++) {
            buckets[i] = Math.min((int) (values[from + i] * scale), BUCKETS - 1);
        }
        count();
    }

    /** The bits of non-negative floats are ordered as they are, and four maxima do not wait for each other. */
    private float largest(float[] values, int from) {
        int[] largest = new int[LANES];
        int whole = columns - columns % LANES;
        for (int i = from; i < from + whole; i += LANES) {
            for (int lane = 0; lane < LANES; lane++) {
                largest[lane] = Math.max(largest[lane], Float.floatToRawIntBits(values[i + lane]));
            }
        }
        for (int i = from + whole; i < from + columns; i++) {
            largest[0] = Math.max(largest[0], Float.floatToRawIntBits(values[i]));
        }
        int first = Math.max(largest[0], largest[1]);
        return Float.intBitsToFloat(Math.max(first, Math.max(largest[2], largest[3])));
    }

    /** Where each bucket starts. Neighbours are often equal: counted in turn, they need not wait for each other. */
    private void count() {
        Arrays.fill(counts, 0);
        int whole = columns - columns % LANES;
        for (int i = 0; i < whole; i += LANES) {
            counts[buckets[i]]++;
            counts[BUCKETS + buckets[i + 1]]++;
            counts[2 * BUCKETS + buckets[i + 2]]++;
            counts[3 * BUCKETS + buckets[i + 3]]++;
        }
        for (int i = whole; i < columns; i++) {
            counts[buckets[i]]++;
        }
        int start = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            starts[bucket] = start;
            start += counts[bucket]
                    + counts[BUCKETS + bucket]
                    + counts[2 * BUCKETS + bucket]
                    + counts[3 * BUCKETS + bucket];
        }
        starts[BUCKETS] = start;
    }

    /**
     * Compares random numbers with a threshold for each rank, as far as the histogram tells the ranks. Without branches,
     * for nobody can foretell them.
     *
     * @param thresholds by rank, rising
     * @param random the upper 31 bits of which count, from index {@code from}
     * @param below receives 1 for an element whose number is below its threshold, and 0
     * @param open receives the columns for which only the exact rank tells
     * @return how many those are
     */
    int belowThresholds(int[] thresholds, int[] random, int from, int[] below, int[] open) {
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            least[bucket] = thresholds[Math.min(starts[bucket], columns - 1)];
            most[bucket] = thresholds[Math.max(starts[bucket + 1] - 1, 0)];
        }
        int count = 0;
        for (int column = 0; column < columns; column++) {
            int number = random[from + column] >>> 1;
            int bucket = buckets[column];
            int certain = number - least[bucket] >>> 31;
            below[column] = certain;
            open[count] = column;
            count += (number - most[bucket] >>> 31) - certain;
        }
        return count;
    }

    /** An element's rank. */
    int exactly(int column) {
        return ElementKernels.instance().rank(magnitudes, row, columns, column);
    }
}
