package org.llmmerging.eval.train.dam;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.llmmerging.ParameterSpec;

/**
 * The numbers and switches of DAM: how each is called, its default, its range and what it is. What configurations take
 * is made of this table, and of it what {@code dam merge} and {@code dam train} take; {@code dam data} has defaults of
 * its own.
 */
public enum DamParameter {
    /** Whether embeddings have coefficients. */
    MERGE_EMBEDDING_LAYERS(Use.MERGE, false, "Coefficients for embeddings, too; else they are the base's."),
    /** Whether norms have coefficients. */
    MERGE_LAYERNORMS(Use.MERGE, false, "Coefficients for norms, too; else they are the base's."),
    /** Whether the base is merged like the models. */
    USE_BASE_MODEL(Use.MERGE, false, "Merge the base as one more model."),
    /** Most rows of each model's data that are trained on. */
    EXAMPLES(Use.DATA, ParameterSpec.Type.INTEGER, "256", 1, Integer.MAX_VALUE, "Rows of each model."),
    /** Most tokens of a row. */
    MAX_LENGTH(Use.DATA, ParameterSpec.Type.INTEGER, "512", 1, Integer.MAX_VALUE, "Tokens of a row."),
    /** Peak of the schedule. */
    LEARNING_RATE(Use.TRAINING, ParameterSpec.Type.NUMBER, "1e-3", ParameterSpec.ABOVE_ZERO, Double.MAX_VALUE, ""),
    /** Share of all steps that the rate rises in. */
    WARMUP_RATIO(
            Use.TRAINING, ParameterSpec.Type.NUMBER, "0.1", 0, 1, "Share of all steps in which the rate rises."),
    /** As in {@link org.llmmerging.eval.train.AdamW}. */
    WEIGHT_DECAY(Use.TRAINING, ParameterSpec.Type.NUMBER, "0", 0, Double.MAX_VALUE, ""),
    /** Share of each coefficient vector that a step updates; 1, which the command line calls None, is AdamW. */
    MOFO_ALPHA(
            Use.TRAINING, ParameterSpec.Type.NUMBER, "0.3", ParameterSpec.ABOVE_ZERO, 1,
            "Share of each coefficient vector that a step updates, or None."),
    /** Rows in one pass. */
    BATCH_SIZE(
            Use.TRAINING, ParameterSpec.Type.INTEGER, "1", 1, Integer.MAX_VALUE, "Rows in one pass.",
            "per_device_train_batch_size"),
    /** Passes that make one step. */
    GRADIENT_ACCUMULATION_STEPS(
            Use.TRAINING, ParameterSpec.Type.INTEGER, "1", 1, Integer.MAX_VALUE, "Passes in one step."),
    /** Gradients are clipped to it. */
    MAX_GRAD_NORM(
            Use.TRAINING, ParameterSpec.Type.NUMBER, "1.0", ParameterSpec.ABOVE_ZERO, Double.POSITIVE_INFINITY,
            "Gradients are clipped to this norm."),
    /** How often every row is read. */
    EPOCHS(
            Use.TRAINING, ParameterSpec.Type.INTEGER, "1", 1, Integer.MAX_VALUE, "How often every row is read.",
            "num_train_epochs"),
    /** Softens the logits in {@link LossKind#KL} and {@link LossKind#ENTROPY}. */
    TEMPERATURE(
            Use.TRAINING, ParameterSpec.Type.NUMBER, "2", ParameterSpec.ABOVE_ZERO, Double.MAX_VALUE,
            "Softens the logits."),
    /** Factor of {@link LossKind#SIMILARITY}. */
    LAMBDA_COEF_SIMILARITY("0.01", "Factor of the similarity."),
    /** Factor of the magnitudes in {@link LossKind#L1_L2_REG}. */
    LAMBDA_COEF_L1("1e-6", "Factor of the magnitudes."),
    /** Factor of the norms in {@link LossKind#L1_L2_REG}. */
    LAMBDA_COEF_L2("1e-6", "Factor of the norms."),
    /** Factor of {@link LossKind#OVERLAP} and {@link LossKind#WEIGHTED_OVERLAP}. */
    LAMBDA_COEF_OVERLAP("1e-5", "Factor of both overlaps."),
    /** Factor of {@link LossKind#MSE}. */
    LAMBDA_COEF_MSE("1", "Factor of the squared difference."),
    /** Factor of {@link LossKind#ENTROPY}. */
    LAMBDA_COEF_ENTROPY("0.1", "Factor of the entropy."),
    /** Whether {@link LossKind#KL} is minimised. */
    USE_KL(Use.TRAINING, true, "Minimise the KL divergence from each model on its own data."),
    /** Whether {@link LossKind#MSE} is minimised. */
    USE_MSE(Use.TRAINING, false, "Minimise the squared difference of the logits."),
    /** Whether {@link LossKind#ENTROPY} is minimised. */
    USE_ENTROPY(Use.TRAINING, false, "Minimise the entropy of the merged model."),
    /** Whether {@link LossKind#SIMILARITY} is minimised. */
    USE_SIMILARITY(Use.TRAINING, true, "Minimise the cosine between the coefficients of two models."),
    /** Whether {@link LossKind#L1_L2_REG} is minimised. */
    USE_L1_L2_REG(Use.TRAINING, false, "Minimise the norms of the coefficients."),
    /** Whether {@link LossKind#OVERLAP} is minimised. */
    USE_OVERLAP(Use.TRAINING, false, "Minimise the columns that two models share."),
    /** Whether {@link LossKind#WEIGHTED_OVERLAP} is minimised. */
    USE_WEIGHTED_OVERLAP(Use.TRAINING, false, "Minimise the same, weighted by conflict.");

    private final Use use;
    private final String byDefault;
    private final List<String> alsoCalled;
    private final ParameterSpec spec;

    /** What a parameter decides. */
    public enum Use {
        /** Which coefficients there are. */
        MERGE,
        /** What rows are trained on. */
        DATA,
        /** How coefficients are trained. */
        TRAINING
    }

    DamParameter(
            Use use,
            ParameterSpec.Type type,
            String byDefault,
            double minimum,
            double maximum,
            String description,
            String... alsoCalled) {
        this.use = use;
        this.byDefault = byDefault;
        this.alsoCalled = List.of(alsoCalled);
        double value = type == ParameterSpec.Type.BOOLEAN
                ? Boolean.parseBoolean(byDefault) ? 1 : 0
                : Double.parseDouble(byDefault);
        this.spec = new ParameterSpec(
                name().toLowerCase(Locale.ROOT), ParameterSpec.Scope.GLOBAL, type, value, minimum, maximum,
                description);
    }

    /** A switch. */
    DamParameter(Use use, boolean byDefault, String description) {
        this(use, ParameterSpec.Type.BOOLEAN, Boolean.toString(byDefault), 0, 1, description);
    }

    /** A factor of a loss. */
    DamParameter(String byDefault, String description) {
        this(Use.TRAINING, ParameterSpec.Type.NUMBER, byDefault, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY,
                description);
    }

    /** All that are of one use. */
    public static List<DamParameter> of(Use use) {
        return Arrays.stream(values()).filter(each -> each.use == use).toList();
    }

    /** The parameter that switches a loss on. */
    static DamParameter switchOf(LossKind kind) {
        return switch (kind) {
            case KL -> USE_KL;
            case MSE -> USE_MSE;
            case ENTROPY -> USE_ENTROPY;
            case SIMILARITY -> USE_SIMILARITY;
            case L1_L2_REG -> USE_L1_L2_REG;
            case OVERLAP -> USE_OVERLAP;
            case WEIGHTED_OVERLAP -> USE_WEIGHTED_OVERLAP;
        };
    }

    /** The switches of the losses that it changes, where it changes nothing else; else none. */
    List<DamParameter> switches() {
        return switch (this) {
            case TEMPERATURE -> List.of(USE_KL, USE_ENTROPY);
            case LAMBDA_COEF_SIMILARITY -> List.of(USE_SIMILARITY);
            case LAMBDA_COEF_L1, LAMBDA_COEF_L2 -> List.of(USE_L1_L2_REG);
            case LAMBDA_COEF_OVERLAP -> List.of(USE_OVERLAP, USE_WEIGHTED_OVERLAP);
            case LAMBDA_COEF_MSE -> List.of(USE_MSE);
            case LAMBDA_COEF_ENTROPY -> List.of(USE_ENTROPY);
            default -> List.of();
        };
    }

    /** Its name, type, default and range. */
    public ParameterSpec spec() {
        return spec;
    }

    /** Its name. */
    public String key() {
        return spec.name();
    }

    /** Other names that the original has for it. */
    public List<String> alsoCalled() {
        return alsoCalled;
    }

    /** Its default as it is written. */
    public String shownDefault() {
        return byDefault;
    }

    /** What it is, a sentence, or nothing where the name says it. */
    public String description() {
        return spec.description();
    }

    /** Its default; of a switch 0 or 1. */
    double defaultValue() {
        Double value = spec.defaultValue();
        return value == null ? 0 : value;
    }

    /** Whether it takes a value. */
    boolean takes(double value) {
        return spec.allows(value);
    }

    /** What it takes, in words that follow "Give". */
    String allowedValues() {
        boolean isRange = spec.type() == ParameterSpec.Type.NUMBER && spec.minimum() > -Double.MAX_VALUE;
        return (isRange ? "a number " : "") + spec.allowedValues();
    }
}
