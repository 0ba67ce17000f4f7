package org.llmmerging.eval.model;

import ai.djl.Device;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link ModelPredictor} predicts. Start from {@link #defaults()}.
 *
 * @param maximumSequenceLength prompts and choices are cut to so many tokens, or null for no limit
 * @param maximumNewTokens most tokens to generate, or null for what the model's folder says, which is 20 tokens in
 *     total when it says nothing
 * @param scoring how choices are scored
 * @param tokensPerBatch examples are run together up to so many tokens, padding counted; an example that has more runs
 *     alone. Bounds memory, and changes scores by rounding alone. Null for {@value #TOKENS}, and to generate as many
 *     more, up to {@value #MOST_TOKENS}, as a gigabyte of keys and values holds
 * @param sharesPrefixes whether prompts that begin alike are read together, as far as they are alike once. Changes
 *     scores by rounding alone
 * @param device where the model runs
 */
public record PredictorOptions(
        @Nullable Integer maximumSequenceLength,
        @Nullable Integer maximumNewTokens,
        ScoringMode scoring,
        @Nullable Integer tokensPerBatch,
        boolean sharesPrefixes,
        Device device) {
    static final int TOKENS = 4096;
    static final int MOST_TOKENS = 16_384;

    /** @throws IllegalArgumentException when a length is less than 1 */
    public PredictorOptions {
        requirePositive("maximumSequenceLength", maximumSequenceLength);
        requirePositive("maximumNewTokens", maximumNewTokens);
        requirePositive("tokensPerBatch", tokensPerBatch);
    }

    /** All that decides an answer, as text: batches and shared prefixes change scores by rounding alone. */
    public String decisive() {
        return maximumSequenceLength + " " + maximumNewTokens + " " + scoring + " " + device;
    }

    /** No limits but the model's own, the kit's scoring, batches of usual size, on the processor. */
    public static PredictorOptions defaults() {
        return new PredictorOptions(null, null, ScoringMode.KIT, null, true, Device.cpu());
    }

    /** These options with other limits. */
    public PredictorOptions withLengths(@Nullable Integer sequenceLength, @Nullable Integer newTokens) {
        return new PredictorOptions(sequenceLength, newTokens, scoring, tokensPerBatch, sharesPrefixes, device);
    }

    /** These options with another scoring. */
    public PredictorOptions withScoring(ScoringMode newScoring) {
        return new PredictorOptions(maximumSequenceLength, maximumNewTokens, newScoring, tokensPerBatch, sharesPrefixes,
                device);
    }

    /** These options with another batch size. */
    public PredictorOptions withTokensPerBatch(int tokens) {
        return new PredictorOptions(maximumSequenceLength, maximumNewTokens, scoring, tokens, sharesPrefixes, device);
    }

    /** These options with or without reading common beginnings once. */
    public PredictorOptions withSharedPrefixes(boolean shares) {
        return new PredictorOptions(maximumSequenceLength, maximumNewTokens, scoring, tokensPerBatch, shares, device);
    }

    /** These options on another device. */
    public PredictorOptions withDevice(Device newDevice) {
        return new PredictorOptions(maximumSequenceLength, maximumNewTokens, scoring, tokensPerBatch, sharesPrefixes,
                newDevice);
    }

    private static void requirePositive(String name, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw new IllegalArgumentException(name + " is " + value + "; it has to be at least 1");
        }
    }
}
