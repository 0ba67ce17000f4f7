package org.llmmerging.config;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.TokenizerConfig.Embedding;
import org.llmmerging.config.TokenizerConfig.Source;
import org.llmmerging.config.TokenizerConfig.Token;
import org.llmmerging.config.YamlNode.Scalar;

/** Reads {@code tokenizer} and its short form {@code tokenizer_source}. */
final class TokenizerReader {
    private static final List<String> KINDS = List.of("zero", "model_token");

    /** How older configurations mark a model as the source. */
    private static final String OLD_PREFIX = "model:";

    private final Problems problems;

    TokenizerReader(Problems problems) {
        this.problems = problems;
    }

    @Nullable
    TokenizerConfig read(Fields top) {
        YamlNode node = top.node("tokenizer");
        YamlNode shortForm = top.node("tokenizer_source");
        if (node != null && shortForm != null) {
            Position position = top.position("tokenizer_source");
            problems.add(position, "'tokenizer_source' as well as 'tokenizer'. Keep one of them.");
        }
        if (node != null) {
            Fields fields = Fields.of(node, "'tokenizer'", problems, List.of("source", "tokens", "pad_to_multiple_of"));
            return fields == null ? null : tokenizer(fields);
        }
        if (shortForm == null) {
            return null;
        }
        Source source = source(shortForm);
        return source == null ? null : new TokenizerConfig(source, Map.of(), null, shortForm.position());
    }

    private @Nullable TokenizerConfig tokenizer(Fields fields) {
        YamlNode sourceNode = fields.node("source");
        Source source = sourceNode == null ? new Source.Union() : source(sourceNode);
        Map<String, Token> tokens = new LinkedHashMap<>();
        fields.entries("tokens", "tokens: {<|im_start|>: {source: path/to/model}}").forEach((content, entry) -> {
            Token token = token(content, entry.value());
            if (token != null) {
                tokens.put(content, token);
            }
        });
        Integer padToMultipleOf = fields.count("pad_to_multiple_of", 1);
        return source == null ? null : new TokenizerConfig(source, tokens, padToMultipleOf, fields.position());
    }

    private @Nullable Source source(YamlNode node) {
        if (node instanceof Scalar scalar && scalar.text().equals("base")) {
            return new Source.Base();
        }
        if (node instanceof Scalar scalar && scalar.text().equals("union")) {
            return new Source.Union();
        }
        YamlNode named = node instanceof Scalar scalar && scalar.text().startsWith(OLD_PREFIX)
                ? new Scalar(scalar.position(), scalar.text().substring(OLD_PREFIX.length()), scalar.plain())
                : node;
        ModelReference model = ModelReferences.read(named, problems);
        return model == null ? null : new Source.OfModel(model);
    }

    private @Nullable Token token(String content, YamlNode node) {
        Fields fields = Fields.of(node, "the token '" + Quoting.shortened(content) + "'", problems,
                List.of("source", "force"));
        if (fields == null) {
            return null;
        }
        if (content.isEmpty() || !StandardCharsets.UTF_8.newEncoder().canEncode(content)) {
            problems.add(fields.position(), "the token '" + Quoting.shortened(content) + "' is no text that a tokenizer"
                    + " takes. Correct the token or remove the rule.");
            return null;
        }
        YamlNode source = fields.node("source");
        Embedding embedding = source == null ? null : embedding(source);
        boolean force = Boolean.TRUE.equals(fields.flag("force"));
        return new Token(embedding, force, node.position());
    }

    private @Nullable Embedding embedding(YamlNode node) {
        if (node instanceof Scalar || ModelReferences.isMapping(node)) {
            ModelReference model = ModelReferences.read(node, problems);
            return model == null ? null : new Embedding.OfModel(model);
        }
        Fields fields = Fields.of(node, "a token's 'source'", problems, List.of("kind", "model", "token", "token_id"));
        YamlNode kind = fields == null ? null : fields.required("kind", "{kind: zero}");
        if (fields == null || kind == null) {
            return null;
        }
        String name = kind instanceof Scalar scalar ? scalar.text() : "";
        return switch (name) {
            case "zero" -> zero(fields);
            case "model_token" -> modelToken(fields);
            default -> {
                problems.add(kind.position(), "unknown 'kind' " + kind.describe() + ". "
                        + DidYouMean.remedy(name, KINDS));
                yield null;
            }
        };
    }

    private Embedding zero(Fields fields) {
        for (String key : List.of("model", "token", "token_id")) {
            if (fields.has(key)) {
                problems.add(fields.position(key), "'" + key + "' with 'kind: zero'. Remove it, or write"
                        + " 'kind: model_token'.");
            }
        }
        return new Embedding.Zero();
    }

    private @Nullable Embedding modelToken(Fields fields) {
        ModelReference model = ModelReferences.read(
                fields.required("model", "{kind: model_token, model: path/to/model, token: <s>}"), problems);
        String token = fields.text("token", "token: <s>");
        Integer tokenId = fields.count("token_id", 0);
        if (fields.has("token") == fields.has("token_id")) {
            problems.add(fields.position(), "'kind: model_token' needs one of 'token' and 'token_id'. Write for example"
                    + " '{kind: model_token, model: path/to/model, token: <s>}'.");
            return null;
        }
        if (model == null) {
            return null;
        }
        if (token != null) {
            return new Embedding.OfToken(model, token);
        }
        return tokenId == null ? null : new Embedding.OfTokenId(model, tokenId);
    }
}
