package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every form of the product against one computed in float64. */
class WeightProductTest {
    private static final long SEED = 41;

    @ParameterizedTest(name = "{0} rows of {2}, {1} results, seed " + SEED)
    @CsvSource({
        "1, 1024, 256",
        "1, 512, 516",
        "2, 512, 516",
        "3, 1024, 256",
        "3, 256, 1024",
        "5, 520, 512",
        "6, 1024, 256",
        "9, 8200, 32",
        "70, 256, 1024",
        "6, 1026, 256",
    })
    void multipliesAsFloat64Does(int rows, int results, int columns) {
        Random random = new Random(SEED);
        float[] x = values(random, rows * columns);
        float[] weight = values(random, results * columns);
        float[] expected = product(x, weight, rows, results, columns);
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            NDArray matrix = array(manager, weight, new Shape(results, columns));
            assertTrue(WeightProduct.suits(matrix));

            NDArray flat = Layers.linear(array(manager, x, new Shape(rows, columns)), matrix, null);
            assertEquals(new Shape(rows, results), flat.getShape());
            assertArrayEquals(expected, HostArrays.read(flat), 1e-4f);

            NDArray deep = Layers.linear(array(manager, x, new Shape(1, rows, columns)), matrix, null);
            assertEquals(new Shape(1, rows, results), deep.getShape());
            assertArrayEquals(expected, HostArrays.read(deep), 1e-4f);
        }
    }

    @ParameterizedTest(name = "{0} rows")
    @CsvSource({"1", "4", "8"})
    void addsTheBiasToEveryRow(int rows) {
        Random random = new Random(SEED);
        float[] x = values(random, rows * 256);
        float[] weight = values(random, 1024 * 256);
        float[] bias = values(random, 1024);
        float[] expected = product(x, weight, rows, 1024, 256);
        for (int i = 0; i < expected.length; i++) {
            expected[i] += bias[i % 1024];
        }
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            NDArray result = Layers.linear(
                    array(manager, x, new Shape(rows, 256)),
                    array(manager, weight, new Shape(1024, 256)),
                    array(manager, bias, new Shape(1024)));
            assertArrayEquals(expected, HostArrays.read(result), 1e-4f);
        }
    }

    @ParameterizedTest(name = "{0} x {1}")
    @CsvSource({"64, 64", "1023, 512"})
    void leavesSmallAndOddWeightsToTheEngine(int results, int columns) {
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            assertFalse(WeightProduct.suits(manager.zeros(new Shape(results, columns))));
        }
    }

    private static float[] product(float[] x, float[] weight, int rows, int results, int columns) {
        float[] product = new float[rows * results];
        for (int row = 0; row < rows; row++) {
            for (int result = 0; result < results; result++) {
                double sum = 0;
                for (int column = 0; column < columns; column++) {
                    sum += (double) x[row * columns + column] * weight[result * columns + column];
                }
                product[row * results + result] = (float) sum;
            }
        }
        return product;
    }

    private static float[] values(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static NDArray array(NDManager manager, float[] values, Shape shape) {
        return HostArrays.floats(manager, shape, buffer -> buffer.put(values));
    }
}
