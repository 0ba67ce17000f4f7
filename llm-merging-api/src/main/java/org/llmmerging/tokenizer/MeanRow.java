package org.llmmerging.tokenizer;

/** The mean of the rows of a tensor, computed when it is first asked for. Thread-safe. */
final class MeanRow {
    private static final int CHUNK_ELEMENTS = 1 << 16;

    private final int rows;
    private final int columns;
    private final Reader reader;
    private float[] mean = new float[0];

    /** Reads consecutive elements. */
    @FunctionalInterface
    interface Reader {
        void read(long first, float[] into, int count);
    }

    MeanRow(int rows, int columns, Reader reader) {
        this.rows = rows;
        this.columns = columns;
        this.reader = reader;
    }

    /** The mean of one column. */
    synchronized float value(int column) {
        if (mean.length == 0) {
            mean = compute();
        }
        return mean[column];
    }

    private float[] compute() {
        int rowsAtOnce = Math.clamp(CHUNK_ELEMENTS / columns, 1, rows);
        float[] chunk = new float[rowsAtOnce * columns];
        double[] sums = new double[columns];
        for (int row = 0; row < rows; row += rowsAtOnce) {
            int length = Math.min(rowsAtOnce, rows - row) * columns;
            reader.read((long) row * columns, chunk, length);
            for (int i = 0; i < length; i++) {
                sums[i % columns] += chunk[i];
            }
        }
        float[] means = new float[columns];
        for (int i = 0; i < columns; i++) {
            means[i] = (float) (sums[i] / rows);
        }
        return means;
    }
}
