package org.llmmerging.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Problems;
import org.llmmerging.config.TokenizerConfig;
import org.llmmerging.config.TokenizerConfig.Embedding;
import org.llmmerging.tokenizer.EmbeddingRows.Donor;

/**
 * Decides where each token's embedding comes from. A model that has the token keeps its own, unless a rule forces
 * another. The others take what the token's rule says; without one, the base model's, else the mean of the models that
 * have the token. A token that no model has is zero.
 */
public final class EmbeddingPlanner {
    private final List<ModelVocabulary> models;
    private final int base;
    private final TokenizerConfig config;
    private final Problems problems;

    /**
     * A model as its embeddings are concerned.
     *
     * @param reference the model
     * @param ids its tokens, each with a row
     * @param merged whether the model is merged, or only lends embeddings by a rule
     */
    public record ModelVocabulary(ModelReference reference, Map<String, Integer> ids, boolean merged) {}

    /**
     * @param models every model that is merged or that a rule names
     * @param base index of the base model, or −1
     * @param config the rules
     * @param problems receives what is wrong with the rules, and what the user should know of
     */
    public EmbeddingPlanner(
            List<ModelVocabulary> models, int base, TokenizerConfig config, Problems problems) {
        this.models = List.copyOf(models);
        this.base = base;
        this.config = config;
        this.problems = problems;
    }

    /** The rows of every model, in the order of the models. */
    public EmbeddingRows plan(OutputVocabulary vocabulary) {
        int tokens = vocabulary.size();
        List<int[]> own = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            int[] rows = new int[tokens];
            Arrays.fill(rows, -1);
            own.add(rows);
        }
        Map<Integer, List<Donor>> shared = new HashMap<>();
        List<String> unknown = new ArrayList<>();
        vocabulary.ids().forEach((token, id) -> {
            TokenizerConfig.Token rule = config.tokens().get(token);
            boolean forced = rule != null && rule.force();
            boolean everyone = true;
            for (int model = 0; model < models.size(); model++) {
                Integer row = models.get(model).ids().get(token);
                if (row != null && !forced) {
                    own.get(model)[id] = row;
                } else {
                    everyone = everyone && !models.get(model).merged();
                }
            }
            if (!everyone) {
                shared.put(id, donors(token, rule, unknown));
            }
        });
        if (!unknown.isEmpty()) {
            problems.note("tokenizer: no merged model has the token " + TokenizerFileReader.quoted(unknown.getFirst())
                    + (unknown.size() == 1 ? "" : ", and " + (unknown.size() - 1) + " others")
                    + ": embeddings of zeros");
        }
        return new EmbeddingRows(tokens, padded(tokens), own, shared);
    }

    private int padded(int tokens) {
        Integer multiple = config.padToMultipleOf();
        return multiple == null ? tokens : Math.ceilDiv(tokens, multiple) * multiple;
    }

    private List<Donor> donors(String token, TokenizerConfig.@Nullable Token rule, List<String> unknown) {
        Embedding embedding = rule == null ? null : rule.embedding();
        if (rule == null || embedding == null) {
            return usualDonors(token, unknown);
        }
        return switch (embedding) {
            case Embedding.Zero zero -> List.of();
            case Embedding.OfModel of -> named(of.model(), token, rule);
            case Embedding.OfToken of -> named(of.model(), of.token(), rule);
            case Embedding.OfTokenId of -> byId(of, rule);
        };
    }

    private List<Donor> usualDonors(String token, List<String> unknown) {
        List<Donor> having = new ArrayList<>();
        for (int model = 0; model < models.size(); model++) {
            Integer row = models.get(model).ids().get(token);
            if (row != null && model == base) {
                return List.of(new Donor(model, row));
            }
            if (row != null && models.get(model).merged()) {
                having.add(new Donor(model, row));
            }
        }
        if (having.isEmpty()) {
            unknown.add(token);
        }
        return having;
    }

    private List<Donor> named(ModelReference reference, String token, TokenizerConfig.Token rule) {
        OptionalInt model = index(reference);
        Integer row = model.isEmpty() ? null : models.get(model.getAsInt()).ids().get(token);
        if (model.isPresent() && row != null) {
            return List.of(new Donor(model.getAsInt(), row));
        }
        problems.add(rule.position(), reference + " has no token " + TokenizerFileReader.quoted(token)
                + " to take the embedding of. Name a model that has it, or write kind: zero");
        return List.of();
    }

    private List<Donor> byId(Embedding.OfTokenId of, TokenizerConfig.Token rule) {
        OptionalInt model = index(of.model());
        int tokens = model.isEmpty() ? 0 : models.get(model.getAsInt()).ids().size();
        if (model.isPresent() && of.tokenId() < tokens) {
            return List.of(new Donor(model.getAsInt(), of.tokenId()));
        }
        problems.add(rule.position(), of.model() + " has " + tokens + " tokens, and none of the id " + of.tokenId()
                + ". Name an id below " + tokens);
        return List.of();
    }

    private OptionalInt index(ModelReference reference) {
        for (int model = 0; model < models.size(); model++) {
            if (models.get(model).reference().equals(reference)) {
                return OptionalInt.of(model);
            }
        }
        return OptionalInt.empty();
    }
}
