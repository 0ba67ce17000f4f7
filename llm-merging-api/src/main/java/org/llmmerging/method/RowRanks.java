package org.llmmerging.method;

import java.util.Arrays;

/**
 * Orders the magnitudes of a row, by a least-significant-digit radix sort over the bits of the floats, or by insertion
 * when the row is short. Holds working arrays: one thread only.
 */
final class RowRanks {
    private static final int SHORT = 48;
    private static final int DIGIT_BITS = 11;
    private static final int DIGITS = 1 << DIGIT_BITS;
    private static final int PASSES = 3;

    private final int columns;
    private int[] order;
    private int[] spare;
    private final int[] counts;

    RowRanks(int columns) {
        this.columns = columns;
        this.order = new int[columns];
        this.spare = new int[columns];
        this.counts = new int[columns > SHORT ? DIGITS * PASSES : 0];
    }

    /**
     * Positions within the row from the smallest to the largest, equal ones by position.
     *
     * @param magnitudes non-negative
     * @param row where the row starts
     * @return overwritten by the next call
     */
    int[] ascending(float[] magnitudes, int row) {
        if (columns <= SHORT) {
            insertionSort(magnitudes, row);
        } else {
            radixSort(magnitudes, row);
        }
        return order;
    }

    private void insertionSort(float[] magnitudes, int row) {
        for (int i = 0; i < columns; i++) {
            float value = magnitudes[row + i];
            int at = i;
            while (at > 0 && magnitudes[row + order[at - 1]] > value) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = i;
        }
    }

    private void radixSort(float[] magnitudes, int row) {
        Arrays.fill(counts, 0);
        for (int i = 0; i < columns; i++) {
            int bits = Float.floatToRawIntBits(magnitudes[row + i]);
            for (int pass = 0; pass < PASSES; pass++) {
                counts[pass * DIGITS + digit(bits, pass)]++;
            }
            order[i] = i;
        }
        for (int pass = 0; pass < PASSES; pass++) {
            int next = 0;
            for (int i = pass * DIGITS; i < (pass + 1) * DIGITS; i++) {
                int count = counts[i];
                counts[i] = next;
                next += count;
            }
            for (int i = 0; i < columns; i++) {
                int position = order[i];
                int digit = digit(Float.floatToRawIntBits(magnitudes[row + position]), pass);
                spare[counts[pass * DIGITS + digit]++] = position;
            }
            int[] sorted = spare;
            spare = order;
            order = sorted;
        }
    }

    private static int digit(int bits, int pass) {
        return (bits >>> (pass * DIGIT_BITS)) & (DIGITS - 1);
    }
}
