package org.llmmerging.tokenizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Where the row of each token of the output comes from, in each model: a row of the model's own, or one that all models
 * without the token share, the mean of some models' rows. Rows after the last token are padding. Immutable.
 */
public final class EmbeddingRows {
    private final int tokens;
    private final int rows;
    private final List<int[]> own;
    private final Map<Integer, List<Donor>> shared;

    /**
     * A row of one model.
     *
     * @param model index of the model
     * @param row in that model's tensor
     */
    public record Donor(int model, int row) {}

    /**
     * @param tokens number of tokens
     * @param rows number of rows, padding included
     * @param own for each model and token the model's row, or −1 for the shared one
     * @param shared by token the rows that are averaged; an empty list is a row of zeros
     */
    EmbeddingRows(int tokens, int rows, List<int[]> own, Map<Integer, List<Donor>> shared) {
        this.tokens = tokens;
        this.rows = rows;
        this.own = own.stream().map(int[]::clone).toList();
        this.shared = Map.copyOf(new HashMap<>(shared));
    }

    /** Number of tokens. */
    public int tokens() {
        return tokens;
    }

    /** Number of rows of every embedding of the output. */
    public int rows() {
        return rows;
    }

    /** The model's own row for a token, or −1 when it takes the shared one. */
    int own(int model, int token) {
        return own.get(model)[token];
    }

    /** The rows whose mean is the shared one; zeros when there are none. */
    List<Donor> shared(int token) {
        return shared.getOrDefault(token, List.of());
    }

    /** The models whose rows a model takes, itself not counted. */
    public int[] donors(int model) {
        return IntStream.range(0, tokens)
                .filter(token -> own(model, token) < 0)
                .mapToObj(this::shared)
                .flatMap(List::stream)
                .mapToInt(Donor::model)
                .filter(donor -> donor != model)
                .sorted()
                .distinct()
                .toArray();
    }

    /** Whether the model's first rows are taken as they are and in order, so that nothing is to be done. */
    boolean isIdentity(int model, long modelRows) {
        int[] mine = own.get(model);
        return modelRows == rows && rows == tokens && Arrays.equals(mine, identity(tokens));
    }

    private static int[] identity(int length) {
        int[] identity = new int[length];
        Arrays.setAll(identity, i -> i);
        return identity;
    }
}
