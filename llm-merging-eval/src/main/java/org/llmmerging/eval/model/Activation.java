package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;

/** Activation functions, by the names that {@code config.json} gives them. */
enum Activation {
    RELU,
    SILU,
    /** Hendrycks and Gimpel, arXiv:1606.08415, with the error function. */
    GELU,
    /** The same with the tanh approximation, which differs from {@link #GELU} by up to 5e-4. */
    GELU_TANH;

    private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

    static Activation of(ConfigJson json, String key, String name) {
        return switch (name) {
            case "relu" -> RELU;
            case "silu", "swish" -> SILU;
            case "gelu" -> GELU;
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> GELU_TANH;
            default -> throw json.failure(
                    key,
                    "names the activation '" + name + "'. Known are relu, silu, gelu, gelu_new and gelu_pytorch_tanh");
        };
    }

    /** Applied to every element; the shape stays. May write the result over {@code x}. */
    NDArray apply(NDArray x) {
        return switch (this) {
            case RELU -> x.getNDArrayInternal().relu();
            case SILU -> x.muli(x.getNDArrayInternal().sigmoid());
            case GELU -> x.getNDArrayInternal().gelu();
            case GELU_TANH -> {
                NDArray cubic = Scaling.times(x.square().mul(x), 0.044715).add(x);
                yield Scaling.times(Scaling.times(cubic, SQRT_2_OVER_PI).tanh().add(1).mul(x), 0.5);
            }
        };
    }
}
