package org.llmmerging.eval.cli;

import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.model.PredictorOptions;
import org.llmmerging.eval.model.ScoringMode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a model is asked and its answers are kept, for every command that evaluates. */
final class EvaluationSettings {
    @Option(
            names = "--scoring",
            paramLabel = "MODE",
            converter = LowerCaseConstant.Scoring.class,
            description = "How a choice is scored: kit, the default, sums its tokens but the first, as the original"
                    + " kit does; full sums all of them; normalized divides the sum by their number.")
    private ScoringMode scoring = ScoringMode.KIT;

    @Mixin
    private final DeviceOption device = new DeviceOption();

    @Option(
            names = "--batch_tokens",
            paramLabel = "N",
            converter = PositiveNumber.class,
            description = "Run rows together up to so many tokens. Less needs less memory. Default: 4096, and up to"
                    + " 16384 where a decoder generates, as a gigabyte of keys and values holds.")
    private @Nullable Integer batchTokens;

    @Option(
            names = "--max_seq_len",
            paramLabel = "N",
            converter = PositiveNumber.class,
            description = "Cut prompts to so many tokens. Default: what the configuration says, else no limit.")
    private @Nullable Integer maxSeqLen;

    @Option(
            names = "--max_gen_len",
            paramLabel = "N",
            converter = PositiveNumber.class,
            description = "Most tokens to generate. Default: what the configuration says, else the model's"
                    + " generation_config.json.")
    private @Nullable Integer maxGenLen;

    @Option(
            names = "--no-resume",
            description = "Ask every row afresh, and not only those that an interrupted run has not come to.")
    private boolean fresh;

    @Option(
            names = "--save_every",
            paramLabel = "N",
            converter = PositiveNumber.class,
            description = "Save the answers after every N rows. Default: 256, less for a large model.")
    private @Nullable Integer saveEvery;

    /** Refuses a device that is not there, before any work is done. */
    void check() {
        device.device();
    }

    /**
     * How a model is opened.
     *
     * @param sequenceLength what the configuration says of prompts, if anything
     * @param newTokens what it says of generated text, if anything
     */
    PredictorOptions predictorOptions(@Nullable Integer sequenceLength, @Nullable Integer newTokens) {
        PredictorOptions options = PredictorOptions.defaults()
                .withLengths(
                        maxSeqLen == null ? sequenceLength : maxSeqLen,
                        maxGenLen == null ? newTokens : maxGenLen)
                .withScoring(scoring)
                .withDevice(device.device());
        return batchTokens == null ? options : options.withTokensPerBatch(batchTokens);
    }

    /** As the user wrote it. */
    String device() {
        return device.text();
    }

    boolean fresh() {
        return fresh;
    }

    /** Rows between saves, or null when the user does not say. */
    @Nullable
    Integer saveEvery() {
        return saveEvery;
    }
}
