package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * {@code x · weightᵀ} for large weights on a processor, in the form in which MKL is fastest for the number of rows: it
 * multiplies one row on one thread, packs a weight anew to multiply a few, and keeps threads waiting for each other
 * with hundreds. A batch of blocks of the weight has none of these weaknesses, and fits the caches.
 */
final class WeightProduct {
    /** Weights of fewer elements take less time than the further operations would. */
    private static final long LARGE = 1 << 18;

    /** Up to so many rows the weight is multiplied by the rows, that is, read in its own order, if it is narrow. */
    private static final int FEW_ROWS = 5;

    private static final int NARROW_COLUMNS = 1000;

    /** Up to so many rows, blocks of {@link #SMALL_BLOCK} rows of the weight are the fastest. */
    private static final int SOME_ROWS = 15;

    private static final int SMALL_BLOCK = 16;

    /** Rows of a block for more. More blocks than {@link #MOST_BLOCKS} gain nothing. */
    private static final long BLOCK_ROWS = 1000;

    private static final int MOST_BLOCKS = 32;

    private WeightProduct() {}

    /** Whether this is the way to multiply by {@code weight}. */
    static boolean suits(NDArray weight) {
        return weight.size() >= LARGE && weight.getShape().get(0) % 2 == 0 && !weight.getDevice().isGpu();
    }

    /**
     * @param x {@code [..., columns]}
     * @param weight {@code [results, columns]}
     * @return {@code [..., results]}
     */
    static NDArray of(NDArray x, NDArray weight) {
        Shape shape = x.getShape();
        long columns = weight.getShape().get(1);
        long results = weight.getShape().get(0);
        long rows = shape.size() / columns;
        NDArray matrix = x.reshape(rows, columns);
        NDArray product;
        if (rows == 1) {
            product = weightTimesRows(weight, matrix, 2);
        } else if (rows <= FEW_ROWS && columns <= NARROW_COLUMNS) {
            product = weightTimesRows(weight, matrix, 1);
        } else {
            product = rowsTimesWeight(matrix, weight, blocks(rows, results));
        }
        NDArray result = product.reshape(shape.slice(0, shape.dimension() - 1).add(results));
        result.attach(x.getManager());
        return result;
    }

    private static NDArray weightTimesRows(NDArray weight, NDArray rows, int blocks) {
        long results = weight.getShape().get(0);
        long columns = weight.getShape().get(1);
        long width = rows.getShape().get(0);
        NDArray product = weight.reshape(blocks, results / blocks, columns)
                .batchMatMul(rows.transpose().reshape(1, columns, width).broadcast(blocks, columns, width));
        // In row-major order again, for the products that follow are slow with any other.
        return product.reshape(results, width).transpose().flatten();
    }

    private static NDArray rowsTimesWeight(NDArray rows, NDArray weight, long blocks) {
        long results = weight.getShape().get(0);
        long columns = weight.getShape().get(1);
        long width = rows.getShape().get(0);
        NDArray product = rows.reshape(1, width, columns)
                .broadcast(blocks, width, columns)
                .batchMatMul(weight.reshape(blocks, results / blocks, columns).transpose(0, 2, 1));
        return product.transpose(1, 0, 2);
    }

    /** Divides {@code results}, which is even. */
    private static long blocks(long rows, long results) {
        if (rows <= SOME_ROWS && results % SMALL_BLOCK == 0) {
            return results / SMALL_BLOCK;
        }
        long blocks = 2;
        while (blocks < MOST_BLOCKS && results / blocks > BLOCK_ROWS && results % (2 * blocks) == 0) {
            blocks *= 2;
        }
        return blocks;
    }
}
