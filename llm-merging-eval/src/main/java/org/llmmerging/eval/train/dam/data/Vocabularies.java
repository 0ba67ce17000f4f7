package org.llmmerging.eval.train.dam.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.config.Quoting;
import org.llmmerging.eval.model.EncoderDecoderConfig;
import org.llmmerging.eval.model.ModelConfig;

/**
 * Checks that models read and write the same tokens: a logit is compared with that of the same token of another model.
 */
public final class Vocabularies {
    private Vocabularies() {}

    /**
     * The configuration that stands for all.
     *
     * @throws CheckpointException naming the files that differ in the kind of model, the size of the vocabulary or a
     *     token
     */
    static ModelConfig checkSame(List<DamModelInput> models) {
        DamModelInput first = models.getFirst();
        ModelConfig config = ModelConfig.read(first.source().folder());
        Map<String, Integer> tokens = tokens(first);
        for (DamModelInput other : models.subList(1, models.size())) {
            ModelConfig otherConfig = ModelConfig.read(other.source().folder());
            if (config instanceof EncoderDecoderConfig != otherConfig instanceof EncoderDecoderConfig) {
                throw new CheckpointException(otherConfig.file(), "is of type " + otherConfig.modelType() + ", and "
                        + config.file() + " of type " + config.modelType()
                        + ". Take models that are all decoders or all encoder-decoders");
            }
            if (config.vocabularySize() != otherConfig.vocabularySize()) {
                throw new CheckpointException(otherConfig.file(), "has a vocabulary of " + otherConfig.vocabularySize()
                        + " tokens, and " + config.file() + " one of " + config.vocabularySize()
                        + ". Take fine-tunes of one base model");
            }
            checkSame(first, tokens, other, tokens(other));
        }
        return config;
    }

    /**
     * Checks that models know every token of the base model, whose tokenizer the result has; they may know others.
     *
     * @throws CheckpointException naming the files and the first token that differs
     */
    public static void checkKnown(DamModelInput base, List<DamModelInput> models) {
        Map<String, Integer> tokens = tokens(base);
        for (DamModelInput model : models) {
            Map<String, Integer> known = tokens(model);
            known.keySet().retainAll(tokens.keySet());
            checkSame(base, tokens, model, known);
        }
    }

    private static void checkSame(
            DamModelInput first, Map<String, Integer> tokens, DamModelInput other, Map<String, Integer> otherTokens) {
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
        throw new CheckpointException(file(other), "has the token '" + Quoting.shortened(differing) + "' "
                + at(otherTokens, differing) + ", and " + file(first) + " "
                + at(tokens, differing) + ". Take fine-tunes of one base model, with its tokenizer");
    }

    private static String at(Map<String, Integer> tokens, String token) {
        return tokens.containsKey(token) ? "at " + tokens.get(token) : "not at all";
    }

    /** Every token's id, added tokens included. */
    private static Map<String, Integer> tokens(DamModelInput model) {
        Path file = file(model);
        Map<String, Integer> ids = new HashMap<>();
        JsonNode json = JsonFile.read(
                file, "Copy the tokenizer's files from " + (model.isBase() ? "a fine-tune" : "the base model"));
        JsonNode vocabulary = json.path("model").path("vocab");
        vocabulary.properties().forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
        for (int i = 0; vocabulary.isArray() && i < vocabulary.size(); i++) {
            ids.put(vocabulary.get(i).path(0).asText(), i);
        }
        json.path("added_tokens").forEach(token -> ids.put(token.path("content").asText(), token.path("id").asInt()));
        return ids;
    }

    private static Path file(DamModelInput model) {
        return model.tokenizerFolder().resolve(DamModelInput.TOKENIZER);
    }
}
