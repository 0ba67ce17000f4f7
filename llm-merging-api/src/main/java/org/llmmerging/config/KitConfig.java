package org.llmmerging.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of one registered name, in the original kit's keys.
 *
 * @param file where it was read from
 * @param listModels the models to merge ({@code list_models}); with {@code isPeft} they are adapters
 * @param baseModel {@code base_model_name} at {@code base_model_revision_id}, or null
 * @param isPeft whether the listed models are LoRA adapters on the base
 * @param maxSeqLen prompts are cut to so many tokens, or null for no limit
 * @param maxGenLen most tokens that are generated, or null for the model's default
 * @param architecture decoder or encoder-decoder
 * @param parameterLambdas one coefficient per model, or empty
 * @param mergeMethod the method, or null for the registered one
 * @param parameters the method's other parameters; a value is a number, a boolean, or a list of numbers per model
 * @param seed seed of everything random
 */
public record KitConfig(
        Path file,
        List<ModelReference> listModels,
        @Nullable ModelReference baseModel,
        boolean isPeft,
        @Nullable Integer maxSeqLen,
        @Nullable Integer maxGenLen,
        Architecture architecture,
        List<Double> parameterLambdas,
        @Nullable String mergeMethod,
        Map<String, Object> parameters,
        long seed) {

    /** How a model reads its prompt. */
    public enum Architecture {
        DECODER,
        ENCODER_DECODER
    }
}
