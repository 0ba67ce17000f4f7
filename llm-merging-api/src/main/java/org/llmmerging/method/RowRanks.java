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

    private final int columns;
    private final int[] buckets;
    private final int[] starts = new int[BUCKETS + 1];
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
        float largest = 0;
        for (int i = 0; i < columns; i++) {
            largest = Math.max(largest, values[from + i]);
        }
        // A product with a positive number grows with the magnitude; what is not a number goes into the first bucket.
        float scale = BUCKETS / largest;
        for (int i = 0; i < columns; i++) {
            buckets[i] = Math.min((int) (values[from + i] * scale), BUCKETS - 1);
        }
        Arrays.fill(starts, 0);
        for (int i = 0; i < columns; i++) {
            starts[buckets[i] + 1]++;
        }
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            starts[bucket + 1] += starts[bucket];
        }
    }

    /** A rank that an element's is not below. */
    int atLeast(int column) {
        return starts[buckets[column]];
    }

    /** A rank that an element's is not above. */
    int atMost(int column) {
        return starts[buckets[column] + 1] - 1;
    }

    /** An element's rank. */
    int exactly(int column) {
        return ElementKernels.instance().rank(magnitudes, row, columns, column);
    }
}
