package org.llmmerging.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of one registered name, in the original kit's keys. Paths are kept as written: relative ones mean
 * what the caller resolves them against. Immutable.
 *
 * @param file where it was read from
 * @param listModels the models to merge ({@code list_models}), one at least; with {@code isPeft} they are adapters
 * @param baseModel {@code base_model_name} at {@code base_model_revision_id}, or null
 * @param isPeft whether the listed models are LoRA adapters on the base
 * @param maxSeqLen prompts are cut to so many tokens, or null for no limit
 * @param maxGenLen most tokens that are generated, or null for the model's default
 * @param architecture decoder or encoder-decoder
 * @param parameterLambdas one finite coefficient per model, or a single one, or empty
 * @param mergeMethod the method, or null for the registered one
 * @param parameters the method's other parameters, in the order of the file. {@code seed} is not among them
 * @param trainingData the models' own training rows ({@code training_data}), for methods that learn from them;
 *     those check that there is a file for each model
 * @param seed seed of everything random
 * @param positions where the values stand
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
        Map<String, KitParameter> parameters,
        List<String> trainingData,
        long seed,
        KitPositions positions) {

    /** The seed of a configuration that names none, so that it can be run again with the same result. */
    public static final long DEFAULT_SEED = 42;

    /** Copies the collections. */
    public KitConfig {
        listModels = List.copyOf(listModels);
        parameterLambdas = List.copyOf(parameterLambdas);
        trainingData = List.copyOf(trainingData);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * Reads and checks a configuration: keys, types and the number of coefficients. Whether the method exists and takes
     * the parameters is not checked here.
     *
     * @throws ConfigException with everything that is wrong, a line each with file, line and column
     */
    public static KitConfig read(Path file) {
        KitDocument read = KitDocument.read(file);
        read.problems().throwIfAny();
        return read.config();
    }

    /** Whether {@code parameter_lambdas} are given, those that could not be read included. */
    public boolean hasLambdas() {
        return !parameterLambdas.isEmpty() || positions.unreadable().contains("parameter_lambdas");
    }

    /** Adds a problem when {@code training_data} are given, for a name that learns nothing from them. */
    public void refuseTrainingData(Problems problems) {
        if (!trainingData.isEmpty()) {
            problems.addApart(positions.of("training_data"),
                    "training_data is for a name that learns, such as dam_llama. Remove it, or run such a name");
        }
    }

    /** This configuration with other models of the same kind and their coefficients. */
    public KitConfig withModels(List<ModelReference> models, List<Double> lambdas) {
        return new KitConfig(
                file, models, baseModel, isPeft, maxSeqLen, maxGenLen, architecture, lambdas, mergeMethod, parameters,
                trainingData, seed, positions);
    }

    /** This configuration with other parameters, as {@link #parameters()} has them. */
    public KitConfig withParameters(Map<String, KitParameter> newParameters) {
        return new KitConfig(
                file, listModels, baseModel, isPeft, maxSeqLen, maxGenLen, architecture, parameterLambdas, mergeMethod,
                newParameters, trainingData, seed, positions);
    }

    /** This configuration with another seed. */
    public KitConfig withSeed(long newSeed) {
        return new KitConfig(
                file, listModels, baseModel, isPeft, maxSeqLen, maxGenLen, architecture, parameterLambdas, mergeMethod,
                parameters, trainingData, newSeed, positions);
    }

    /** How a model reads its prompt. */
    public enum Architecture {
        /** The prompt and its continuation are one sequence: {@code decoder}. */
        DECODER,
        /** The prompt is encoded, the answer decoded: {@code encoder_decoder}. */
        ENCODER_DECODER
    }
}
