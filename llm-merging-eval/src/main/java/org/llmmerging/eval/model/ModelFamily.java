package org.llmmerging.eval.model;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.llmmerging.checkpoint.CheckpointException;

/** The families that can be run, by what {@code model_type} calls them. */
enum ModelFamily {
    LLAMA("llama"),
    MISTRAL("mistral"),
    QWEN2("qwen2"),
    GEMMA("gemma"),
    GEMMA2("gemma2"),
    T5("t5");

    private final String modelType;

    ModelFamily(String modelType) {
        this.modelType = modelType;
    }

    static ModelFamily of(ConfigJson json) {
        String modelType = json.text("model_type", "");
        for (ModelFamily family : values()) {
            if (family.modelType.equals(modelType)) {
                return family;
            }
        }
        String known = Arrays.stream(values()).map(f -> f.modelType).collect(Collectors.joining(", "));
        throw new CheckpointException(
                json.file(),
                (modelType.isEmpty() ? "model_type is missing" : "model_type '" + modelType + "' is not known")
                        + ". Known are " + known);
    }

    ModelConfig read(ConfigJson json) {
        return switch (this) {
            case LLAMA -> DecoderFamilies.llama(json);
            case MISTRAL -> DecoderFamilies.mistral(json);
            case QWEN2 -> DecoderFamilies.qwen2(json);
            case GEMMA -> DecoderFamilies.gemma(json);
            case GEMMA2 -> DecoderFamilies.gemma2(json);
            case T5 -> EncoderDecoderConfig.fromJson(json);
        };
    }
}
