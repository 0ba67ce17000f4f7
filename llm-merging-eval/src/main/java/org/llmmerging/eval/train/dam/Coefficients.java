package org.llmmerging.eval.train.dam;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.llmmerging.eval.model.ModelConfig;
import org.llmmerging.eval.train.NamedRandom;
import org.llmmerging.tensor.Shape;

/**
 * The coefficients of a merge: for each tensor that has some a vector for each model, in the order of the model's
 * layers. What multiplies a weight is the non-linearity of its coefficient. Immutable; arrays are not copied, so nobody
 * changes them.
 *
 * @param models number of models, the base counted where it is merged like the others
 * @param values by tensor, row-major {@code [models, columns]}
 */
public record Coefficients(int models, Map<String, float[]> values) {
    public Coefficients {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * Where a merge begins.
     *
     * @param shapes of all tensors of the models, by name
     */
    static Coefficients initial(ModelConfig config, Map<String, Shape> shapes, int models,
            CoefficientSettings settings) {
        Map<String, float[]> values = new LinkedHashMap<>();
        shapes.forEach((tensor, shape) -> {
            LayerKind kind = LayerKind.of(config, tensor, shape);
            if (settings.covers(kind)) {
                float[] initial = new float[models * kind.coefficients(shape)];
                if (settings.isRandom(kind)) {
                    drawSoftmax(NamedRandom.of(settings.seed(), tensor), models, initial);
                } else {
                    Arrays.fill(initial, 1f / models);
                }
                values.put(tensor, initial);
            }
        });
        return new Coefficients(models, values);
    }

    /** Number of coefficients of one model for a tensor. */
    int columns(String tensor) {
        return of(tensor).length / models;
    }

    /** One tensor's coefficients. */
    float[] of(String tensor) {
        float[] coefficients = values.get(tensor);
        if (coefficients == null) {
            throw new IllegalArgumentException("no coefficients for " + tensor);
        }
        return coefficients;
    }

    /** For each column standard normal numbers, one a model, and their softmax. */
    private static void drawSoftmax(Random random, int models, float[] into) {
        int columns = into.length / models;
        for (int column = 0; column < columns; column++) {
            double[] powers = new double[models];
            for (int model = 0; model < models; model++) {
                powers[model] = Math.exp(random.nextGaussian());
            }
            double sum = Arrays.stream(powers).sum();
            for (int model = 0; model < models; model++) {
                into[model * columns + column] = (float) (powers[model] / sum);
            }
        }
    }
}
