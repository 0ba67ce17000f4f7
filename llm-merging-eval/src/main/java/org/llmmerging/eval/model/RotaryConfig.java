package org.llmmerging.eval.model;

import java.util.List;

/**
 * How far rotary position embeddings (Su et al., arXiv:2104.09864) turn each pair of dimensions.
 *
 * @param theta base of the geometric series of wavelengths
 * @param scaling how wavelengths are stretched for contexts longer than trained on
 */
record RotaryConfig(double theta, Scaling scaling) {
    private static final String THETA = "rope_theta";

    /** A stretch of wavelengths. */
    sealed interface Scaling {}

    /** As trained. */
    record Unscaled() implements Scaling {}

    /** Every wavelength times {@code factor}. */
    record Linear(double factor) implements Scaling {}

    /**
     * Llama 3.1: wavelengths above {@code originalLength / lowFrequencyFactor} times {@code factor}, those below
     * {@code originalLength / highFrequencyFactor} as they are, blended between.
     */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, double originalLength)
            implements
                Scaling {}

    /**
     * From {@code rope_theta} and {@code rope_scaling}, or version 5's {@code rope_parameters}, which may hold an
     * object for each kind of layer. Where both are there, {@code rope_scaling} replaces the other, as in transformers.
     */
    static RotaryConfig read(ConfigJson json) {
        requireWholeHeads(json);
        ConfigJson scaling = json.child("rope_scaling").or(() -> json.child("rope_parameters")).orElse(null);
        if (scaling == null) {
            return new RotaryConfig(theta(json), new Unscaled());
        }
        List<RotaryConfig> kinds = scaling.children().stream().map(kind -> scaled(json, kind)).distinct().toList();
        if (kinds.size() > 1) {
            throw json.failure(
                    json.child("rope_scaling").isPresent() ? "rope_scaling" : "rope_parameters",
                    "differs between kinds of layers, which is not implemented. Models that have one for all can be run");
        }
        return kinds.isEmpty() ? scaled(json, scaling) : kinds.getFirst();
    }

    private static RotaryConfig scaled(ConfigJson json, ConfigJson scaling) {
        requireWholeHeads(scaling);
        double beside = theta(json);
        double theta = scaling.positive(THETA, beside);
        if (json.has(THETA) && theta != beside) {
            // Version 4 turns by the one beside, version 5 by this one.
            throw scaling.failure(THETA, "is " + theta + ", and " + beside + " beside it. Make them agree");
        }
        return new RotaryConfig(theta, scaling(json, scaling));
    }

    private static double theta(ConfigJson json) {
        return json.positive(THETA, 10000);
    }

    private static void requireWholeHeads(ConfigJson json) {
        json.requireNeutral(
                "partial_rotary_factor", 1, "which is not implemented: positions turn all dimensions of a head");
    }

    private static Scaling scaling(ConfigJson json, ConfigJson scaling) {
        String old = scaling.text("type", "default");
        String type = scaling.text("rope_type", old);
        if (scaling.has("type") && !type.equals(old)) {
            // Version 4 takes the old name's value, version 5 that of the new one.
            throw scaling.failure("rope_type", "is '" + type + "', and its old name 'type' says '" + old
                    + "'. Make them agree");
        }
        return switch (type) {
            case "default" -> new Unscaled();
            case "linear" -> new Linear(scaling.positive("factor"));
            case "llama3" -> new Llama3(
                    scaling.positive("factor"),
                    scaling.positive("low_freq_factor"),
                    scaling.positive("high_freq_factor"), originalLength(json, scaling));
            default -> throw scaling.failure(
                    "rope_type", "'" + type + "' is not implemented. Known are default, linear and llama3");
        };
    }

    /**
     * A file may have it beside the object, as Phi's do. transformers 5 takes that one first and version 4 reads the
     * object alone, so that two that differ have no one meaning.
     */
    private static double originalLength(ConfigJson json, ConfigJson scaling) {
        String key = "original_max_position_embeddings";
        double length = json.positive(key, json.positive("max_position_embeddings", 8192));
        double own = scaling.positive(key, length);
        if (json.has(key) && own != length) {
            throw scaling.failure(key, "is " + own + ", and " + length + " beside it. Make them agree");
        }
        return own;
    }

    /**
     * Radians per position of each pair of dimensions, in float32 as the reference computes them.
     *
     * @param dimensions size of a head, an even number
     */
    float[] frequencies(int dimensions) {
        float[] frequencies = new float[dimensions / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float exponent = (float) (2 * i) / dimensions;
            frequencies[i] = scale(1f / (float) Math.pow(theta, exponent));
        }
        return frequencies;
    }

    private float scale(float frequency) {
        return switch (scaling) {
            case Unscaled() -> frequency;
            case Linear(double factor) -> (float) (frequency / factor);
            case Llama3 llama3 -> {
                double wavelength = 2 * Math.PI / frequency;
                double lowLimit = llama3.originalLength / llama3.lowFrequencyFactor;
                double highLimit = llama3.originalLength / llama3.highFrequencyFactor;
                double stretched = frequency / llama3.factor;
                // First, as the reference does: a file whose limits are the wrong way round has wavelengths beyond both.
                if (wavelength > lowLimit) {
                    yield (float) stretched;
                }
                if (wavelength < highLimit) {
                    yield frequency;
                }
                double blend = (llama3.originalLength / wavelength - llama3.lowFrequencyFactor)
                        / (llama3.highFrequencyFactor - llama3.lowFrequencyFactor);
                yield (float) ((1 - blend) * stretched + blend * frequency);
            }
        };
    }
}
