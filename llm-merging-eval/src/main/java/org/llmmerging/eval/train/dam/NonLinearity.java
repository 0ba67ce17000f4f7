package org.llmmerging.eval.train.dam;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.Optional;

/** What is applied to a coefficient before it multiplies a weight. */
public enum NonLinearity {
    /** Nothing. */
    NONE("None"),
    /** The hyperbolic tangent: coefficients from −1 to 1. */
    TANH("tanh"),
    /** The logistic function: coefficients from 0 to 1. */
    SIGMOID("sigmoid"),
    /** Zero for negative coefficients. */
    RELU("relu");

    private final String key;

    NonLinearity(String key) {
        this.key = key;
    }

    /** How the command line and {@code dam.json} write it. */
    public String key() {
        return key;
    }

    /** The one that is written so, upper and lower case being the same. */
    public static Optional<NonLinearity> ofKey(String key) {
        return Arrays.stream(values()).filter(each -> each.key.equalsIgnoreCase(key)).findFirst();
    }

    /** Of every element; differentiable. */
    NDArray apply(NDArray coefficients) {
        return switch (this) {
            case NONE -> coefficients;
            case TANH -> coefficients.tanh();
            case SIGMOID -> coefficients.getNDArrayInternal().sigmoid();
            case RELU -> coefficients.getNDArrayInternal().relu();
        };
    }

    /** Of one coefficient, in float64. */
    double apply(double coefficient) {
        return switch (this) {
            case NONE -> coefficient;
            case TANH -> Math.tanh(coefficient);
            case SIGMOID -> 1 / (1 + Math.exp(-coefficient));
            case RELU -> Math.max(0, coefficient);
        };
    }
}
