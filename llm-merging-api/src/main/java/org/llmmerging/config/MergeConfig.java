package org.llmmerging.config;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;
import org.llmmerging.tensor.DType;

/**
 * One merge, in mergekit's terms: a document of a mergekit YAML file. Methods, parameters, models and layers are kept
 * as written; whether they exist is for the plan to check, which knows the methods and the checkpoints. Immutable.
 *
 * @param position where the document begins
 * @param valuePositions where the value of each top-level key stands; see {@link #positionOf}
 * @param name what later documents call the result, or null
 * @param mergeMethod name of the method
 * @param baseModel the base model, or null
 * @param sources what is merged
 * @param parameters those of the whole merge; every other level takes precedence over them
 * @param dtype what inputs are cast to before the arithmetic; null leaves them
 * @param outDtype what the output is stored as; null for the usual rule
 * @param tokenizer the output's tokenizer; null copies the base model's
 * @param chatTemplate {@code auto}, a built-in name or a Jinja template; null keeps the tokenizer's
 */
public record MergeConfig(
        Position position,
        Map<String, Position> valuePositions,
        @Nullable String name,
        String mergeMethod,
        @Nullable ModelReference baseModel,
        Sources sources,
        Settings parameters,
        @Nullable DType dtype,
        @Nullable DType outDtype,
        @Nullable TokenizerConfig tokenizer,
        @Nullable String chatTemplate) {

    /** A key that many recipes have and mergekit passes over, for it is an option: only its position is kept. */
    public static final String RANDOM_SEED = "random_seed";

    /** Copies the map. */
    public MergeConfig {
        valuePositions = Map.copyOf(valuePositions);
    }

    /**
     * Reads every document of a file.
     *
     * @return one configuration for each document, at least one, in the order of the file; of several, all but one have
     *     a name, no two the same
     * @throws ConfigException with everything that is wrong in any document, a line each with file, line and column
     */
    public static List<MergeConfig> read(Path file) {
        MergeDocuments read = MergeDocuments.read(file);
        read.problems().throwIfAny();
        return read.documents();
    }

    /**
     * A merge of whole models that a program asks for.
     *
     * @param origin the file that problems are to name
     */
    public static MergeConfig ofModels(
            Path origin,
            String mergeMethod,
            @Nullable ModelReference baseModel,
            List<Sources.Input> inputs,
            Settings parameters) {
        Position position = Position.of(origin);
        Sources sources = new Sources.Models(inputs, position);
        return new MergeConfig(
                position, Map.of(), null, mergeMethod, baseModel, sources, parameters, null, null, null, null);
    }

    /** Where the value of a top-level key stands, such as {@code merge_method}; the document when it has none. */
    public Position positionOf(String key) {
        return valuePositions.getOrDefault(key, position);
    }

    /** Every model that is merged, the base first, each once; models that only the tokenizer names are not in it. */
    public SequencedSet<ModelReference> models() {
        SequencedSet<ModelReference> models = new LinkedHashSet<>();
        if (baseModel != null) {
            models.add(baseModel);
        }
        sources.models().forEach(models::add);
        return models;
    }

    /** Every model that is named at all: those that are merged, then those that only the tokenizer needs. */
    public SequencedSet<ModelReference> allModels() {
        SequencedSet<ModelReference> models = models();
        if (tokenizer != null) {
            models.addAll(tokenizer.models());
        }
        return models;
    }

    /** This merge of other sources. */
    public MergeConfig withSources(Sources newSources) {
        return new MergeConfig(
                position,
                valuePositions,
                name,
                mergeMethod,
                baseModel,
                newSources,
                parameters,
                dtype,
                outDtype,
                tokenizer,
                chatTemplate);
    }
}
