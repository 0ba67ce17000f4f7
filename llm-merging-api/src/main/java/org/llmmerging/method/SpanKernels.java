package org.llmmerging.method;

import org.llmmerging.Block;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;
import org.llmmerging.config.ConfigException;
import org.llmmerging.tensor.Shape;

/** Kernels of methods whose result lies in the span of the inputs: a Gram matrix is solved for coefficients. */
final class SpanKernels {
    /** An array's header, and the reference to it. */
    private static final long ARRAY_BYTES = 24;

    private SpanKernels() {}

    /** From inner products to the coefficients of the result. */
    @FunctionalInterface
    interface Solver {
        /** @return one coefficient for each vector of the Gram matrix */
        double[] coefficients(GramMatrix gram);
    }

    /** One set of coefficients for the whole tensor. */
    static TensorKernel perTensor(TensorInputs inputs, Frame frame, Solver solver) {
        return LinearCombination.of(frame, solver.coefficients(GramMatrix.of(inputs, frame)));
    }

    /** Bytes that {@link #perRow} takes for so many vectors and the base: the coefficients of each row, an array. */
    static long rowBytes(Shape shape, int vectors) {
        return shape.rows() * ((vectors + 1L) * Double.BYTES + ARRAY_BYTES);
    }

    /** Bytes that {@link #perColumn} takes for so many vectors and the base: inner products and coefficients. */
    static long columnBytes(Shape shape, int vectors) {
        return columns(shape) * (GramMatrix.entries(vectors) + vectors + 1L) * Double.BYTES;
    }

    /**
     * Checks that arrays hold what {@link #perColumn} takes.
     *
     * @throws ConfigException when they do not; the tensor is named by the caller
     */
    static void checkColumns(Shape shape, int vectors) {
        long most = (Integer.MAX_VALUE - 8L) / GramMatrix.entries(vectors);
        if (columns(shape) > most) {
            throw new ConfigException("the shape " + shape + " is too large: with these parameters the method works on"
                    + " columns, of which it takes at most " + most + ". Use a method or parameters that do without");
        }
    }

    /** Columns of a tensor that has some: the elements of a run of its first dimension. Else 0. */
    private static long columns(Shape shape) {
        return shape.rank() < 2 || shape.elements() == 0 ? 0 : shape.elements() / shape.dimension(0);
    }

    /** One set of coefficients for each row, a run of the last dimension. A vector is one row. */
    static TensorKernel perRow(TensorInputs inputs, Frame frame, Solver solver) {
        Shape shape = inputs.shape();
        int columns = Math.toIntExact(shape.columns());
        double[][] coefficients = new double[Math.toIntExact(shape.rows())][];
        int size = frame.size(inputs);
        if (columns > 0) {
            inputs.rows().perChunk(chunk -> {
                int row = (int) (chunk.offset() / columns);
                for (int from = 0; from < chunk.length(); from += columns) {
                    double[] packed = new double[GramMatrix.entries(size)];
                    frame.addInnerProducts(chunk, size, from, columns, packed);
                    coefficients[row++] = stored(frame, solver.coefficients(new GramMatrix(size, packed)));
                }
                return 0;
            });
        }
        return block -> blendRows(block, storedFrame(frame), columns, coefficients);
    }

    /** One set of coefficients for each run of the first dimension: a column of a matrix. A vector is one column. */
    static TensorKernel perColumn(TensorInputs inputs, Frame frame, Solver solver) {
        Shape shape = inputs.shape();
        int columns = Math.toIntExact(columns(shape));
        if (columns == 0) {
            return perTensor(inputs, frame, solver);
        }
        int size = frame.size(inputs);
        int entries = GramMatrix.entries(size);
        double[] sums = columnSums(inputs, frame, size, columns);
        double[][] coefficients = new double[frame == Frame.TASK_VECTORS ? size + 1 : size][columns];
        for (int column = 0; column < columns; column++) {
            double[] packed = new double[entries];
            for (int entry = 0; entry < entries; entry++) {
                packed[entry] = sums[entry * columns + column];
            }
            double[] solved = stored(frame, solver.coefficients(new GramMatrix(size, packed)));
            for (int term = 0; term < solved.length; term++) {
                coefficients[term][column] = solved[term];
            }
        }
        return block -> blendColumns(block, storedFrame(frame), columns, coefficients);
    }

    /**
     * Inner products of all columns, the entries of a triangle one after the other. Where columns are so many that a
     * chunk has none of them twice, the runs of the first dimension are added one by one, to sums that all threads
     * share: whatever a chunk adds to is its own, and the order in which a column's elements are added stays.
     */
    private static double[] columnSums(TensorInputs inputs, Frame frame, int size, int columns) {
        int width = Math.multiplyExact(GramMatrix.entries(size), columns);
        if (columns < inputs.chunkElements()) {
            return inputs.sum(width, (chunk, into) -> addColumns(chunk, frame, size, columns, into));
        }
        double[] sums = new double[width];
        for (long first = 0; first < inputs.shape().elements(); first += columns) {
            inputs.run(first, columns).perChunk(chunk -> {
                addColumns(chunk, frame, size, columns, sums);
                return 0;
            });
        }
        return sums;
    }

    private static Frame storedFrame(Frame frame) {
        return frame == Frame.TASK_VECTORS ? Frame.BASE_AND_MODELS : frame;
    }

    private static double[] stored(Frame frame, double[] coefficients) {
        return frame == Frame.TASK_VECTORS ? LinearCombination.onStored(coefficients) : coefficients;
    }

    private static void addColumns(Block chunk, Frame frame, int size, int columns, double[] sums) {
        boolean differences = frame == Frame.TASK_VECTORS;
        int entry = 0;
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                float[] a = frame.stored(chunk, i);
                float[] b = frame.stored(chunk, j);
                int column = (int) (chunk.offset() % columns);
                for (int k = 0; k < chunk.length(); k++) {
                    float origin = differences ? chunk.base()[k] : 0;
                    sums[entry * columns + column] += (double) (a[k] - origin) * (b[k] - origin);
                    column = column + 1 == columns ? 0 : column + 1;
                }
                entry++;
            }
        }
    }

    private static void blendRows(Block block, Frame frame, int columns, double[][] coefficients) {
        int done = 0;
        while (done < block.length()) {
            long index = block.offset() + done;
            int end = (int) Math.min(block.length(), done + columns - index % columns);
            double[] row = coefficients[(int) (index / columns)];
            for (int i = done; i < end; i++) {
                double sum = 0;
                for (int term = 0; term < row.length; term++) {
                    sum += row[term] * frame.stored(block, term)[i];
                }
                block.output()[i] = (float) sum;
            }
            done = end;
        }
    }

    private static void blendColumns(Block block, Frame frame, int columns, double[][] coefficients) {
        int column = (int) (block.offset() % columns);
        for (int i = 0; i < block.length(); i++) {
            double sum = 0;
            for (int term = 0; term < coefficients.length; term++) {
                sum += coefficients[term][column] * frame.stored(block, term)[i];
            }
            block.output()[i] = (float) sum;
            column = column + 1 == columns ? 0 : column + 1;
        }
    }
}
