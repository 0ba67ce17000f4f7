package org.llmmerging.eval.cli;

import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.model.PredictorOptions;
import org.llmmerging.eval.model.ScoringMode;
import org.llmmerging.eval.run.ScoringOptions;
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
                    + " 16384 to generate, as a gigabyte of keys and values holds.")
    private @Nullable Integer batchTokens;

    @Option(
            names = "--max_seq_len",
            paramLabel = "N",
            converter = PositiveNumber.class,
            description = "Cut prompts to so many tokens. Default: what the configuration says, if there is one, else no"
                    + " limit.")
    private @Nullable Integer maxSeqLen;

    @Option(
            names = "--max_gen_len",
            paramLabel = "N",
            converter = PositiveNumber.class,
            description = "Most tokens to generate. Default: that of the configuration, if there is one, else that of"
                    + " the model's generation_config.json or config.json.")
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

    /**
     * What was given. Asked for before any work is done.
     *
     * @throws org.llmmerging.config.ConfigException when there is no such device
     */
    ScoringOptions options(boolean skipBadRows) {
        PredictorOptions given = PredictorOptions.defaults()
                .withLengths(maxSeqLen, maxGenLen)
                .withScoring(scoring)
                .withDevice(device.device());
        return new ScoringOptions(
                batchTokens == null ? given : given.withTokensPerBatch(batchTokens),
                device.text(),
                skipBadRows,
                fresh,
                saveEvery);
    }
}
