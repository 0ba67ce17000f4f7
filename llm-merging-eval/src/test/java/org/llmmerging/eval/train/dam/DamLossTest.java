package org.llmmerging.eval.train.dam;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.llmmerging.eval.model.HostArrays;
import org.llmmerging.eval.model.TorchEngine;
import org.llmmerging.eval.train.TrainableParameters;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Each loss against a plain computation in float64. */
class DamLossTest {
    private static final long SEED = 11;
    private static final double TEMPERATURE = 1.7;
    private static final int MODELS = 3;
    private static final int COLUMNS = 5;
    private static final TrainingSettings FACTORS = LlamaTraining.minimising(SEED, EnumSet.allOf(LossKind.class))
            .with(DamParameter.TEMPERATURE, TEMPERATURE)
            .with(DamParameter.LAMBDA_COEF_MSE, 0.7)
            .with(DamParameter.LAMBDA_COEF_ENTROPY, 0.3)
            .with(DamParameter.LAMBDA_COEF_SIMILARITY, 0.2)
            .with(DamParameter.LAMBDA_COEF_L1, 0.05)
            .with(DamParameter.LAMBDA_COEF_L2, 0.06)
            .with(DamParameter.LAMBDA_COEF_OVERLAP, 0.4);

    private final Random random = new Random(SEED);

    @Test
    void ofLogitsIsAddedUpOverTheModels() {
        try (NDManager manager = TorchEngine.newManager(Device.cpu());
                TrainableParameters none = new TrainableParameters(manager)) {
            none.addStacked("w.weight", draw(MODELS * COLUMNS), MODELS, COLUMNS);
            float[] first = draw(4 * 6);
            float[] firstTarget = draw(4 * 6);
            float[] second = draw(3 * 6);
            float[] secondTarget = draw(3 * 2);
            long[] chosen = {0, 5, 2, 3, 1, 4};
            DamLoss loss = new DamLoss(FACTORS, none, Map.of());
            Map<LossKind, NDArray> each = loss.of(List.of(
                    new DamLoss.Answers(
                            array(manager, first, 4, 6),
                            new Teacher.Targets(array(manager, firstTarget, 4, 6), null)),
                    new DamLoss.Answers(
                            array(manager, second, 3, 6),
                            new Teacher.Targets(
                                    array(manager, secondTarget, 3, 2),
                                    HostArrays.longs(manager, new Shape(3, 2), buffer -> buffer.put(chosen))))))
                    .each();
            float[] gathered = new float[6];
            for (int i = 0; i < 6; i++) {
                gathered[i] = second[i / 2 * 6 + (int) chosen[i]];
            }
            double divergence = divergence(first, firstTarget, 6) + divergence(gathered, secondTarget, 2);
            assertClose(divergence, each.get(LossKind.KL));
            double squares = squares(first, firstTarget) + squares(gathered, secondTarget);
            assertClose(0.7 * squares, each.get(LossKind.MSE));
            assertClose(0.3 * (entropy(first, 6) + entropy(second, 6)), each.get(LossKind.ENTROPY));
        }
    }

    @Test
    void ofCoefficientsIsAddedUpOverTheTensorsButBiases() {
        try (NDManager manager = TorchEngine.newManager(Device.cpu());
                TrainableParameters coefficients = new TrainableParameters(manager)) {
            float[] linear = draw(MODELS * COLUMNS);
            float[] norm = draw(MODELS * COLUMNS);
            float[] weights = draw(MODELS * COLUMNS);
            coefficients.addStacked("l.weight", linear, MODELS, COLUMNS);
            coefficients.addStacked("l.bias", draw(MODELS), MODELS, 1);
            coefficients.addStacked("norm.weight", norm, MODELS, COLUMNS);
            DamLoss loss = new DamLoss(
                    FACTORS, coefficients, Map.of("l.weight", array(manager, weights, MODELS, COLUMNS)));
            NDArray logits = array(manager, draw(6), 1, 6);
            Map<LossKind, NDArray> each = loss
                    .of(List.of(new DamLoss.Answers(logits, new Teacher.Targets(logits, null)))).each();
            assertClose(0.2 * (similarity(linear) + similarity(norm)), each.get(LossKind.SIMILARITY));
            assertClose(norms(linear) + norms(norm), each.get(LossKind.L1_L2_REG));
            float[] ones = new float[MODELS * COLUMNS];
            Arrays.fill(ones, 1);
            assertClose(0.4 * (overlap(linear, ones) + overlap(norm, ones)), each.get(LossKind.OVERLAP));
            assertClose(0.4 * overlap(linear, weights), each.get(LossKind.WEIGHTED_OVERLAP));
            assertEquals(0, each.get(LossKind.KL).getFloat(), 1e-6, "a model that answers like its teacher");
        }
    }

    @Test
    void oneModelHasNoPairs() {
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            NDArray single = array(manager, draw(COLUMNS), 1, COLUMNS);
            assertEquals(0, CoefficientLosses.similarity(single).getFloat(), 1e-6);
            assertEquals(0, CoefficientLosses.overlap(single, null).getFloat());
        }
    }

    private static double divergence(float[] student, float[] teacher, int width) {
        double sum = 0;
        for (int row = 0; row < student.length / width; row++) {
            double[] expected = softmax(teacher, row, width);
            double[] actual = softmax(student, row, width);
            for (int i = 0; i < width; i++) {
                sum += expected[i] * Math.log(expected[i] / actual[i]);
            }
        }
        return TEMPERATURE * TEMPERATURE * sum / (student.length / width);
    }

    private static double entropy(float[] student, int width) {
        double sum = 0;
        for (int row = 0; row < student.length / width; row++) {
            for (double share : softmax(student, row, width)) {
                sum -= share * Math.log(share);
            }
        }
        return TEMPERATURE * TEMPERATURE * sum / (student.length / width);
    }

    private static double squares(float[] student, float[] teacher) {
        double sum = 0;
        for (int i = 0; i < student.length; i++) {
            sum += Math.pow((double) student[i] - teacher[i], 2);
        }
        return sum / student.length;
    }

    private static double[] softmax(float[] logits, int row, int width) {
        double[] shares = new double[width];
        double sum = 0;
        for (int i = 0; i < width; i++) {
            shares[i] = Math.exp(logits[row * width + i] / TEMPERATURE);
            sum += shares[i];
        }
        for (int i = 0; i < width; i++) {
            shares[i] /= sum;
        }
        return shares;
    }

    private static double similarity(float[] values) {
        double sum = 0;
        for (int i = 0; i < MODELS; i++) {
            for (int j = i + 1; j < MODELS; j++) {
                sum += dot(values, i, j) / Math.sqrt(dot(values, i, i) * dot(values, j, j));
            }
        }
        return sum / 3;
    }

    private static double norms(float[] values) {
        double sum = 0;
        for (int i = 0; i < MODELS; i++) {
            sum += 0.06 * Math.sqrt(dot(values, i, i));
        }
        for (float value : values) {
            sum += 0.05 * Math.abs(value);
        }
        return sum;
    }

    private static double overlap(float[] values, float[] weights) {
        double sum = 0;
        int pair = 0;
        for (int i = 0; i < MODELS; i++) {
            for (int j = i + 1; j < MODELS; j++, pair++) {
                for (int c = 0; c < COLUMNS; c++) {
                    double least = Math.min(Math.abs(values[i * COLUMNS + c]), Math.abs(values[j * COLUMNS + c]));
                    sum += weights[pair * COLUMNS + c] * least;
                }
            }
        }
        return sum / 3;
    }

    private static double dot(float[] values, int i, int j) {
        double sum = 0;
        for (int c = 0; c < COLUMNS; c++) {
            sum += (double) values[i * COLUMNS + c] * values[j * COLUMNS + c];
        }
        return sum;
    }

    private static void assertClose(double expected, NDArray actual) {
        assertEquals(expected, actual.getFloat(), 1e-5 * Math.abs(expected) + 1e-7, "seed " + SEED);
    }

    private static NDArray array(NDManager manager, float[] values, long... shape) {
        return HostArrays.floats(manager, new Shape(shape), buffer -> buffer.put(values));
    }

    private float[] draw(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
