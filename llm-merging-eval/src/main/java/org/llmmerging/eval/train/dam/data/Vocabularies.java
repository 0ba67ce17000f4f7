package org.llmmerging.eval.train.dam.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
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
    private final Map<Path, Map<String, Integer>> read = new HashMap<>(); // adapters may share the base's file
    private final ModelConfig config;
    private final @Nullable Path base;
    private boolean isBaseUnreadable;
    private @Nullable Path first;

    private Vocabularies(ModelConfig config, @Nullable Path base) {
        this.config = config;
        this.base = base;
    }

    /**
     * Compares with a base model whose tokenizer the result needs: {@link #checkBase} comes first, and then
     * {@link #check(SourceModel)} of each model, also where the base was refused.
     *
     * @throws CheckpointException when its configuration cannot be read
     */
    public static Vocabularies of(SourceModel base) {
        return new Vocabularies(ModelConfig.read(base.folder()), file(base));
    }

    /**
     * The configuration that stands for all. A base model without a tokenizer that no model needs is passed over.
     *
     * @throws CheckpointException as {@link #check(SourceModel)}
     */
    public static ModelConfig check(SourceModel base, List<SourceModel> models) {
        boolean isCompared = Files.exists(file(base), LinkOption.NOFOLLOW_LINKS)
                || models.stream().anyMatch(model -> file(model).equals(file(base)));
        Vocabularies vocabularies = isCompared ? of(base) : new Vocabularies(ModelConfig.read(base.folder()), null);
        vocabularies.checkBase();
        models.forEach(vocabularies::check);
        return vocabularies.config;
    }

    /**
     * Reads the base model's tokenizer. Where that is not possible, the models that have one of their own are compared
     * with each other.
     *
     * @throws CheckpointException when it cannot be read
     */
    public void checkBase() {
        if (base != null) {
            try {
                tokens(base);
            } catch (CheckpointException unreadable) {
                isBaseUnreadable = true;
                throw unreadable;
            }
        }
    }

    /**
     * Checks one more model. Models have the same tokens as the first that passed, and among them every token of the
     * base model, whose tokenizer the result has; they may have others.
     *
     * @throws CheckpointException naming the files that differ in the kind of model, the size of the vocabulary or a
     *     token
     */
    public void check(SourceModel model) {
        checkKind(ModelConfig.read(model.folder()));
        Path file = file(model);
        if (isBaseUnreadable && file.equals(base)) {
            return;
        }
        Map<String, Integer> tokens = tokens(file);
        if (base != null && !isBaseUnreadable) {
            Map<String, Integer> ofBase = tokens(base);
            Map<String, Integer> known = new HashMap<>(tokens);
            known.keySet().retainAll(ofBase.keySet());
            checkTokens(base, ofBase, file, known);
        }
        if (first == null) {
            first = file;
        } else {
            checkTokens(first, tokens(first), file, tokens);
        }
    }

    private void checkKind(ModelConfig other) {
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
    private Map<String, Integer> tokens(Path file) {
        return read.computeIfAbsent(file, this::read);
    }

    private Map<String, Integer> read(Path file) {
        String hasOne = file.equals(base)
                ? "a fine-tune"
                : base == null || isBaseUnreadable ? "another fine-tune" : "the base model";
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
