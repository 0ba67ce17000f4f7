package org.llmmerging.eval.train.starter;

import java.util.Random;
import org.llmmerging.eval.train.NamedRandom;
import org.llmmerging.tensor.Shape;

/**
 * One weight of a starter model before training: a name and the normal distribution its values are drawn from.
 *
 * @param name the name that Hugging Face's implementation gives it
 */
record InitialWeight(String name, Shape shape, double mean, double standardDeviation) {

    /** A matrix of a linear layer or an embedding, {@code rows} outputs by {@code columns} inputs, around 0. */
    static InitialWeight matrix(String name, long rows, long columns, double standardDeviation) {
        return new InitialWeight(name, Shape.of(rows, columns), 0, standardDeviation);
    }

    /** The scale of a normalisation layer, 1 at first. */
    static InitialWeight norm(String name, long size) {
        return new InitialWeight(name, Shape.of(size), 1, 0);
    }

    /** Draws every element, row-major: the same for the same seed and model on every machine. */
    float[] draw(long seed, String model) {
        Random random = NamedRandom.of(seed, model + "/" + name);
        float[] drawn = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = (float) (mean + standardDeviation * random.nextGaussian());
        }
        return drawn;
    }
}
