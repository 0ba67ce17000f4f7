package org.llmmerging.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which tokenizer the output has, and where the embeddings of its tokens come from. Immutable.
 *
 * @param source the vocabulary; the union of all when a configuration does not say
 * @param tokens tokens with rules of their own, by content, in the order of the file
 * @param padToMultipleOf the number of embedding rows is raised to a multiple of it; null for no padding
 */
public record TokenizerConfig(
        Source source, Map<String, Token> tokens, @Nullable Integer padToMultipleOf, Position position) {

    /** Copies the map. */
    public TokenizerConfig {
        tokens = Collections.unmodifiableMap(new LinkedHashMap<>(tokens));
    }

    /** Every model that it names. */
    public List<ModelReference> models() {
        List<ModelReference> models = new ArrayList<>();
        if (source instanceof Source.OfModel(ModelReference model)) {
            models.add(model);
        }
        tokens.values().forEach(token -> token.donor().ifPresent(models::add));
        return models;
    }

    /** Where the vocabulary comes from. */
    public sealed interface Source {
        /** The base model's: {@code base}. */
        record Base() implements Source {}

        /** The tokens of all models: {@code union}. */
        record Union() implements Source {}

        /** That of one model. */
        record OfModel(ModelReference model) implements Source {}
    }

    /**
     * The rule for one token.
     *
     * @param embedding where its embedding comes from for models that lack the token; null for the usual rule
     * @param force whether models that have the token take that embedding as well
     */
    public record Token(@Nullable Embedding embedding, boolean force, Position position) {
        /** The model whose embedding it is, if the rule names one. */
        public Optional<ModelReference> donor() {
            return switch (embedding) {
                case null -> Optional.empty();
                case Embedding.Zero _ -> Optional.empty();
                case Embedding.OfModel(ModelReference model) -> Optional.of(model);
                case Embedding.OfToken(ModelReference model, String _) -> Optional.of(model);
                case Embedding.OfTokenId(ModelReference model, int _) -> Optional.of(model);
            };
        }
    }

    /** Where an embedding comes from. */
    public sealed interface Embedding {
        /** Zeros: {@code kind: zero}. */
        record Zero() implements Embedding {}

        /** The same token of a model. */
        record OfModel(ModelReference model) implements Embedding {}

        /** A token of a model, by content: {@code kind: model_token} with {@code token}. */
        record OfToken(ModelReference model, String token) implements Embedding {}

        /** A token of a model, by id: {@code kind: model_token} with {@code token_id}. */
        record OfTokenId(ModelReference model, int tokenId) implements Embedding {}
    }
}
