package org.llmmerging.checkpoint;

import org.llmmerging.tensor.FloatCodec;

/** Reads an adapter's factors for one module, and with DoRA the norms of the base's weight that it changes. */
final class LoraFactors {
    private final WeightFile file;
    private final LoraModule module;

    LoraFactors(WeightFile file, LoraModule module) {
        this.file = file;
        this.module = module;
    }

    /** @param base the weight that it will be applied to, of {@link LoraModule#weightShape()} */
    LowRankUpdate updateOf(Tensor base) {
        float[] a = read(module.a());
        float[] b = read(module.b());
        float[] left = module.transposed() ? transposed(a, module.rank()) : b;
        float[] right = module.transposed() ? transposed(b, b.length / module.rank()) : a;
        LowRankUpdate update = new LowRankUpdate(left, right, module.rank(), module.scaling());
        if (module.magnitude() == null) {
            return update;
        }
        float[] factors = read(module.magnitude());
        double[] norms = norms(update, base, factors.length);
        for (int i = 0; i < factors.length; i++) {
            factors[i] = (float) (factors[i] / norms[i]);
        }
        return update.scaledBy(factors, module.transposed());
    }

    /** The norm of each output's weights after the update. */
    private double[] norms(LowRankUpdate update, Tensor base, int outputs) {
        double[] squares = new double[outputs];
        int columns = Math.toIntExact(update.columns());
        float[] row = new float[columns];
        FloatCodec codec = FloatCodec.of(base.info().dtype());
        for (int i = 0; i < update.rows(); i++) {
            long first = (long) i * columns;
            codec.decode(base.data(), first, row, 0, columns);
            update.addTo(row, first, columns);
            for (int j = 0; j < columns; j++) {
                squares[module.transposed() ? j : i] += (double) row[j] * row[j];
            }
        }
        for (int i = 0; i < outputs; i++) {
            squares[i] = Math.sqrt(squares[i]);
        }
        return squares;
    }

    private float[] read(TensorInfo info) {
        Tensor tensor = file.tensor(info.name());
        int count = Math.toIntExact(info.shape().elements());
        float[] values = new float[count];
        FloatCodec.of(info.dtype()).decode(tensor.data(), 0, values, 0, count);
        return values;
    }

    private static float[] transposed(float[] matrix, int rows) {
        int columns = matrix.length / rows;
        float[] transposed = new float[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = matrix[row * columns + column];
            }
        }
        return transposed;
    }
}
