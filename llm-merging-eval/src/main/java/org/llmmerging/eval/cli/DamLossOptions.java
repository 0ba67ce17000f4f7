package org.llmmerging.eval.cli;

import java.util.EnumSet;
import java.util.Set;
import org.llmmerging.eval.train.dam.LossKind;
import org.llmmerging.eval.train.dam.LossSettings;
import picocli.CommandLine.Option;

/** Which losses training minimises, in the original's names. */
final class DamLossOptions {
    @Option(
            names = "--temperature",
            defaultValue = "2",
            paramLabel = "X",
            description = "Softens the logits. Default: 2.")
    private double temperature;

    @Option(
            names = "--lambda_coef_similarity",
            defaultValue = "0.01",
            paramLabel = "X",
            description = "Factor of the similarity. Default: 0.01.")
    private double similarityFactor;

    @Option(
            names = "--lambda_coef_l1",
            defaultValue = "1e-6",
            paramLabel = "X",
            description = "Factor of the magnitudes. Default: 1e-6.")
    private double l1Factor;

    @Option(
            names = "--lambda_coef_l2",
            defaultValue = "1e-6",
            paramLabel = "X",
            description = "Factor of the norms. Default: 1e-6.")
    private double l2Factor;

    @Option(
            names = "--lambda_coef_overlap",
            defaultValue = "1e-5",
            paramLabel = "X",
            description = "Factor of both overlaps. Default: 1e-5.")
    private double overlapFactor;

    @Option(
            names = "--lambda_coef_mse",
            defaultValue = "1",
            paramLabel = "X",
            description = "Factor of the squared difference. Default: 1.")
    private double mseFactor;

    @Option(
            names = "--lambda_coef_entropy",
            defaultValue = "0.1",
            paramLabel = "X",
            description = "Factor of the entropy. Default: 0.1.")
    private double entropyFactor;

    @Option(
            names = "--use_kl",
            arity = "0..1",
            defaultValue = "true",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Minimise the KL divergence from each model on its own data. Default: true.")
    private boolean kl;

    @Option(
            names = "--use_mse",
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Minimise the squared difference of the logits. Default: false.")
    private boolean mse;

    @Option(
            names = "--use_entropy",
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Minimise the entropy of the merged model. Default: false.")
    private boolean entropy;

    @Option(
            names = "--use_similarity",
            arity = "0..1",
            defaultValue = "true",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Minimise the cosine between the coefficients of two models. Default: true.")
    private boolean similarity;

    @Option(
            names = "--use_l1_l2_reg",
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Minimise the norms of the coefficients. Default: false.")
    private boolean l1L2;

    @Option(
            names = "--use_overlap",
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Minimise the columns that two models share. Default: false.")
    private boolean overlap;

    @Option(
            names = "--use_weighted_overlap",
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Minimise the same, weighted by conflict. Default: false.")
    private boolean weightedOverlap;

    LossSettings settings() {
        Set<LossKind> enabled = EnumSet.noneOf(LossKind.class);
        add(enabled, kl, LossKind.KL);
        add(enabled, mse, LossKind.MSE);
        add(enabled, entropy, LossKind.ENTROPY);
        add(enabled, similarity, LossKind.SIMILARITY);
        add(enabled, l1L2, LossKind.L1_L2_REG);
        add(enabled, overlap, LossKind.OVERLAP);
        add(enabled, weightedOverlap, LossKind.WEIGHTED_OVERLAP);
        return new LossSettings(
                enabled, temperature, mseFactor, entropyFactor, similarityFactor, l1Factor, l2Factor, overlapFactor);
    }

    private static void add(Set<LossKind> enabled, boolean wanted, LossKind kind) {
        if (wanted) {
            enabled.add(kind);
        }
    }
}
