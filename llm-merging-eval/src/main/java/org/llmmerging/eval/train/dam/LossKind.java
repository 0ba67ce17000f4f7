package org.llmmerging.eval.train.dam;

import java.util.Locale;

/** The losses that training can minimise the sum of. */
public enum LossKind {
    /** Divergence of each model's logits on its own data. */
    KL,
    /** Squared difference of the logits. */
    MSE,
    /** Entropy of the merged model's answers. */
    ENTROPY,
    /** Cosine between the coefficients of two models. */
    SIMILARITY,
    /** Norms of the coefficients. */
    L1_L2_REG,
    /** Columns that two models share. */
    OVERLAP,
    /** The same, weighted by how far the models' changes conflict. */
    WEIGHTED_OVERLAP;

    /** Its name in metrics and options. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is computed from logits; else from coefficients alone. */
    boolean isOfLogits() {
        return this == KL || this == MSE || this == ENTROPY;
    }
}
