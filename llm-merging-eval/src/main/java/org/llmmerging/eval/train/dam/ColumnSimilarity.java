package org.llmmerging.eval.train.dam;

import java.util.List;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.tensor.Shape;

/**
 * The weights of the weighted overlap: for each pair of models and each input column sin²(2θ), θ being the angle
 * between what the two models changed in the column. It is 0 for changes in the same direction, in opposite ones and at
 * right angles, and 1 in between. A column that a model did not change counts as at a right angle.
 */
final class ColumnSimilarity {
    private ColumnSimilarity() {}

    /**
     * Reads the tensor of each model once, row by row, and adds up in float64.
     *
     * @param models the same tensor of the models, {@code [out, in]}
     * @return row-major {@code [pairs, in]}, pairs in the order 0-1, 0-2, …, 1-2, …
     */
    static float[] weights(TensorSource base, List<TensorSource> models) {
        Shape shape = base.info().shape();
        int columns = Math.toIntExact(shape.columns());
        int count = models.size();
        double[][][] products = new double[count][count][columns];
        float[] original = new float[columns];
        float[][] changes = new float[count][columns];
        for (long row = 0; row < shape.rows(); row++) {
            base.read(row * columns, original, columns);
            for (int model = 0; model < count; model++) {
                models.get(model).read(row * columns, changes[model], columns);
                for (int column = 0; column < columns; column++) {
                    changes[model][column] -= original[column];
                }
            }
            add(changes, products);
        }
        return sines(products, columns);
    }

    private static void add(float[][] changes, double[][][] products) {
        for (int i = 0; i < changes.length; i++) {
            for (int j = i; j < changes.length; j++) {
                double[] sums = products[i][j];
                for (int column = 0; column < sums.length; column++) {
                    sums[column] += (double) changes[i][column] * changes[j][column];
                }
            }
        }
    }

    private static float[] sines(double[][][] products, int columns) {
        int count = products.length;
        float[] weights = new float[count * (count - 1) / 2 * columns];
        int at = 0;
        for (int i = 0; i < count; i++) {
            for (int j = i + 1; j < count; j++) {
                for (int column = 0; column < columns; column++) {
                    double norms = products[i][i][column] * products[j][j][column];
                    double square = norms == 0 ? 0 : products[i][j][column] * products[i][j][column] / norms;
                    // sin²(2θ) = 4 cos²θ (1 − cos²θ)
                    weights[at++] = (float) (4 * square * Math.max(0, 1 - square));
                }
            }
        }
        return weights;
    }
}
