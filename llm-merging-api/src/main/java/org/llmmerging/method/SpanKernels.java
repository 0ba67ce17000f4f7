package org.llmmerging.method;

import org.llmmerging.Block;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;
import org.llmmerging.tensor.Shape;

/** Kernels of methods whose result lies in the span of the inputs: a Gram matrix is solved for coefficients. */
final class SpanKernels {

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
        if (shape.rank() < 2 || shape.elements() == 0) {
            return perTensor(inputs, frame, solver);
        }
        int columns = Math.toIntExact(shape.elements() / shape.dimension(0));
        int size = frame.size(inputs);
        int entries = GramMatrix.entries(size);
        double[] sums = inputs.sum(
                Math.multiplyExact(entries, columns), (chunk, into) -> addColumns(chunk, frame, size, columns, into));
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
