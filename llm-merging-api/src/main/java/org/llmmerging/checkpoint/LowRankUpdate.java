package org.llmmerging.checkpoint;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a LoRA adapter does to one weight matrix W: W + scaling · L · R, where L [rows, rank] and R [rank, columns]
 * are the factors B and A, or their transposes for a weight stored fan-in first
 * (<a href="https://arxiv.org/abs/2106.09685">Hu et al. 2021</a>). With a magnitude, each output's weights are then
 * scaled to it (<a href="https://arxiv.org/abs/2402.09353">DoRA, Liu et al. 2024</a>).
 *
 * <p>Immutable and thread-safe. An element's result does not depend on the blocks in which the matrix is visited: the
 * sum over the rank is taken in float64 in the order of the rank, and rounded once.
 */
final class LowRankUpdate {
    private static final int STRIP = 1024;

    private final float[] left;
    private final float[] right;
    private final int rank;
    private final double scaling;
    private final float @Nullable [] factors;
    private final boolean factorsByColumn;

    /**
     * @param left [rows, rank], row-major; owned from now on
     * @param right [rank, columns], row-major; owned from now on
     * @param scaling what the product is multiplied by
     */
    LowRankUpdate(float[] left, float[] right, int rank, double scaling) {
        this(left, right, rank, scaling, null, false);
    }

    private LowRankUpdate(float[] left, float[] right, int rank, double scaling, float @Nullable [] factors,
            boolean factorsByColumn) {
        this.left = left;
        this.right = right;
        this.rank = rank;
        this.scaling = scaling;
        this.factors = factors;
        this.factorsByColumn = factorsByColumn;
    }

    /** The same update, after which each row or column is multiplied by its factor. */
    LowRankUpdate scaledBy(float[] rowOrColumnFactors, boolean byColumn) {
        return new LowRankUpdate(left, right, rank, scaling, rowOrColumnFactors, byColumn);
    }

    /** Rows of the weight. */
    long rows() {
        return left.length / rank;
    }

    /** Columns of the weight. */
    long columns() {
        return right.length / rank;
    }

    /**
     * Applies the update to a block of the weight.
     *
     * @param block elements of the base's weight from index 0, replaced by the adapted ones
     * @param firstElement the block's place in the row-major weight
     * @param count number of elements
     * @throws IndexOutOfBoundsException when the block exceeds the weight
     */
    void addTo(float[] block, long firstElement, int count) {
        Objects.checkFromIndexSize(firstElement, (long) count, rows() * columns());
        int width = (int) columns();
        double[] sums = new double[Math.min(STRIP, Math.min(width, count))];
        int done = 0;
        while (done < count) {
            long element = firstElement + done;
            int row = (int) (element / width);
            int column = (int) (element % width);
            int length = Math.min(sums.length, Math.min(width - column, count - done));
            sum(row, column, length, sums);
            for (int i = 0; i < length; i++) {
                block[done + i] = (float) (block[done + i] + scaling * sums[i]);
            }
            if (factors != null) {
                multiply(factors, block, done, row, column, length);
            }
            done += length;
        }
    }

    private void sum(int row, int column, int length, double[] sums) {
        Arrays.fill(sums, 0, length, 0);
        int width = (int) columns();
        for (int k = 0; k < rank; k++) {
            double factor = left[row * rank + k];
            int start = k * width + column;
            for (int i = 0; i < length; i++) {
                sums[i] += factor * right[start + i];
            }
        }
    }

    private void multiply(float[] by, float[] block, int at, int row, int column, int length) {
        for (int i = 0; i < length; i++) {
            block[at + i] *= by[factorsByColumn ? column + i : row];
        }
    }
}
