package org.llmmerging.eval.metric;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The longest common subsequence of two lists of words, 64 columns at a time.
 *
 * <p>Row <i>i</i> of the dynamic-programming table belongs to the first <i>i</i> reference words, column <i>j</i> to
 * the first <i>j</i> words of the prediction. Neighbouring columns differ by 0 or 1, so a row is kept as bits; the next
 * row follows from it by one subtraction and a few logical operations for each 64 columns (L. Allison and T. Dix, A
 * bit-string longest-common-subsequence algorithm, Information Processing Letters 23, 1986).
 */
final class LongestCommonSubsequence {

    private LongestCommonSubsequence() {}

    /** Length of the longest common subsequence. Takes memory for one row. */
    static int length(List<String> reference, List<String> prediction) {
        Map<String, long[]> columns = columnsByWord(prediction);
        long[] row = new long[words(prediction.size())];
        for (String word : reference) {
            long[] matches = columns.get(word);
            if (matches != null) {
                advance(row, matches, row);
            }
        }
        return ones(row, prediction.size());
    }

    /**
     * Which reference words are part of the longest common subsequence. Where several subsequences are longest, the
     * one found by walking back from the end and preferring, on a tie, to drop the last reference word: ROUGE-Lsum
     * depends on this choice.
     */
    static BitSet positions(List<String> reference, List<String> prediction) {
        Map<String, long[]> columns = columnsByWord(prediction);
        long[][] rows = new long[reference.size() + 1][];
        rows[0] = new long[words(prediction.size())];
        for (int i = 1; i <= reference.size(); i++) {
            long[] matches = columns.get(reference.get(i - 1));
            if (matches == null) {
                rows[i] = rows[i - 1];
            } else {
                rows[i] = new long[rows[0].length];
                advance(rows[i - 1], matches, rows[i]);
            }
        }
        return walkBack(rows, reference, prediction);
    }

    private static BitSet walkBack(long[][] rows, List<String> reference, List<String> prediction) {
        BitSet positions = new BitSet(reference.size());
        int i = reference.size();
        int j = prediction.size();
        while (i > 0 && j > 0) {
            if (reference.get(i - 1).equals(prediction.get(j - 1))) {
                positions.set(i - 1);
                i--;
                j--;
            } else if (ones(rows[i], j - 1) > ones(rows[i - 1], j)) {
                j--;
            } else {
                i--;
            }
        }
        return positions;
    }

    /** For each word of the prediction, a bit for each column that has it. */
    private static Map<String, long[]> columnsByWord(List<String> prediction) {
        Map<String, long[]> columns = HashMap.newHashMap(prediction.size());
        for (int j = 0; j < prediction.size(); j++) {
            long[] bits = columns.computeIfAbsent(prediction.get(j), word -> new long[words(prediction.size())]);
            bits[j >> 6] |= 1L << j;
        }
        return columns;
    }

    /**
     * Computes the next row, where bit <i>j</i> says that column <i>j</i>+1 is one more than column <i>j</i>:
     * within each stretch of columns that ends at a set bit, the first match takes the step over.
     */
    private static void advance(long[] row, long[] matches, long[] next) {
        long borrow = 0;
        long shifted = 1;
        for (int k = 0; k < row.length; k++) {
            long old = row[k];
            long candidates = old | matches[k];
            long starts = (old << 1) | shifted;
            shifted = old >>> 63;
            long difference = candidates - starts - borrow;
            borrow = ((~candidates & starts) | (~(candidates ^ starts) & difference)) >>> 63;
            next[k] = candidates & (candidates ^ difference);
        }
    }

    /** Number of ones among the first {@code columns} bits, which is the table's entry at that column. */
    private static int ones(long[] row, int columns) {
        int count = 0;
        int whole = columns >> 6;
        for (int k = 0; k < whole; k++) {
            count += Long.bitCount(row[k]);
        }
        int rest = columns & 63;
        return rest == 0 ? count : count + Long.bitCount(row[whole] & ((1L << rest) - 1));
    }

    private static int words(int columns) {
        return (columns + 63) >> 6;
    }
}
