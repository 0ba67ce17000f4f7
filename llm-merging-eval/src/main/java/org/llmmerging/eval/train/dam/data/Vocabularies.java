package org.llmmerging.eval.train.dam.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.config.Quoting;
import org.llmmerging.eval.model.EncoderDecoderConfig;
import org.llmmerging.eval.model.ModelConfig;

/**
 * Checks that models read and write the same tokens: a logit is compared with that of the same token of another model.
 */
public final class Vocabularies {
    private Vocabularies() {}

    /**
     * The configuration that stands for all. Models have the same tokens, and among them every token of the base model,
     * whose tokenizer the result has; they may have others.
     *
     * @throws CheckpointException naming the files that differ in the kind of model, the size of the vocabulary or a
     *     token
     */
    public static ModelConfig check(SourceModel base, List<SourceModel> models) {
        ModelConfig config = ModelConfig.read(base.folder());
        models.forEach(model -> checkKind(config, ModelConfig.read(model.folder())));
        Map<String, Integer> ofBase = tokens(file(base), "a fine-tune");
        List<Map<String, Integer>> ofModels = models.stream()
                .map(model -> tokens(file(model), "the base model"))
                .toList();
        for (int i = 0; i < models.size(); i++) {
            Map<String, Integer> known = new HashMap<>(ofModels.get(i));
            known.keySet().retainAll(ofBase.keySet());
            checkTokens(file(base), ofBase, file(models.get(i)), known);
        }
        for (int i = 1; i < models.size(); i++) {
            checkTokens(file(models.getFirst()), ofModels.getFirst(), file(models.get(i)), ofModels.get(i));
        }
        return config;
    }

    private static void checkKind(ModelConfig config, ModelConfig other) {
        if (config instanceof EncoderDecoderConfig != other instanceof EncoderDecoderConfig) {
            throw new CheckpointException(other.file(), "is of type " + other.modelType() + ", and "
                    + config.file() + " of type " + config.modelType()
                    + ". Take models that are all decoders or all encoder-decoders");
        }
        if (config.vocabularySize() != other.vocabularySize()) {
            throw new CheckpointException(other.file(), "has a vocabulary of " + other.vocabularySize()
                    + " tokens, and " + config.file() + " one of " + config.vocabularySize()
                    + ". Take fine-tunes of one base model");
        }
    }

    private static void checkTokens(
            Path file, Map<String, Integer> tokens, Path otherFile, Map<String, Integer> otherTokens) {
        if (tokens.equals(otherTokens)) {
            return;
        }
        String differing = otherTokens.keySet().stream()
                .filter(token -> !Objects.equals(otherTokens.get(token), tokens.get(token)))
                .sorted()
                .findFirst()
                .orElseGet(() -> tokens.keySet().stream()
                        .filter(token -> !otherTokens.containsKey(token))
                        .sorted()
                        .findFirst()
                        .orElseThrow());
        throw new CheckpointException(otherFile, "has the token '" + Quoting.shortened(differing) + "' "
                + at(otherTokens, differing) + ", and " + file + " "
                + at(tokens, differing) + ". Take fine-tunes of one base model, with its tokenizer");
    }

    private static String at(Map<String, Integer> tokens, String token) {
        return tokens.containsKey(token) ? "at " + tokens.get(token) : "not at all";
    }

    /** Every token's id, added tokens included. */
    private static Map<String, Integer> tokens(Path file, String hasOne) {
        Map<String, Integer> ids = new HashMap<>();
        JsonNode json = JsonFile.read(file, "Copy the tokenizer's files from " + hasOne);
        JsonNode vocabulary = json.path("model").path("vocab");
        vocabulary.properties().forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
        for (int i = 0; vocabulary.isArray() && i < vocabulary.size(); i++) {
            ids.put(vocabulary.get(i).path(0).asText(), i);
        }
        json.path("added_tokens").forEach(token -> ids.put(token.path("content").asText(), token.path("id").asInt()));
        return ids;
    }

    private static Path file(SourceModel model) {
        return DamModelInput.tokenizerFolder(model).resolve(DamModelInput.TOKENIZER);
    }
}
