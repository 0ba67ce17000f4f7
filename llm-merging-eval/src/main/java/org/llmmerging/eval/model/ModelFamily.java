package org.llmmerging.eval.model;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.llmmerging.checkpoint.CheckpointException;

/** The families that can be run, by what {@code model_type} calls them. */
enum ModelFamily {
    LLAMA("llama", DecoderFamilies::llama),
    MISTRAL("mistral", DecoderFamilies::mistral),
    QWEN2("qwen2", DecoderFamilies::qwen2),
    GEMMA("gemma", DecoderFamilies::gemma),
    GEMMA2("gemma2", DecoderFamilies::gemma2),
    T5("t5", EncoderDecoderConfig::fromJson);

    private final String modelType;
    private final Function<ConfigJson, ModelConfig> reader;

    ModelFamily(String modelType, Function<ConfigJson, ModelConfig> reader) {
        this.modelType = modelType;
        this.reader = reader;
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
        return reader.apply(json);
    }
}
