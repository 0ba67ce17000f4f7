package org.llmmerging.eval.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.model.PredictorOptions;
import org.llmmerging.eval.model.ScoringMode;
import org.llmmerging.eval.model.TorchEngine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a model is asked and its answers are kept, for every command that evaluates. */
final class EvaluationSettings {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--scoring",
            paramLabel = "MODE",
            defaultValue = "kit",
            description = "How a choice is scored: kit, the default, sums its tokens but the first, as the original"
                    + " kit does; full sums all of them; normalized divides the sum by their number.")
    @SuppressWarnings("NullAway.Init")
    private String scoring;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            description = "Where the model runs: cpu, the default, cuda or cuda:N.")
    @SuppressWarnings("NullAway.Init")
    private String device;

    @Option(
            names = {"--batch_tokens", "--batch-tokens"},
            paramLabel = "N",
            description = "Run rows together up to so many tokens. Less needs less memory. Default: 4096, and up to"
                    + " 16384 where a decoder generates, as a gigabyte of keys and values holds.")
    private @Nullable Integer batchTokens;

    @Option(
            names = {"--max_seq_len", "--max-seq-len"},
            paramLabel = "N",
            description = "Cut prompts to so many tokens. Default: what the configuration says, else no limit.")
    private @Nullable Integer maxSeqLen;

    @Option(
            names = {"--max_gen_len", "--max-gen-len"},
            paramLabel = "N",
            description = "Most tokens to generate. Default: what the configuration says, else the model's"
                    + " generation_config.json.")
    private @Nullable Integer maxGenLen;

    @Option(
            names = "--no-resume",
            description = "Ask every row afresh, and not only those that an interrupted run has not come to.")
    private boolean fresh;

    @Option(
            names = {"--save_every", "--save-every"},
            paramLabel = "N",
            description = "Save the answers after every N rows. Default: 256, less for a large model.")
    private @Nullable Integer saveEvery;

    /** Refuses values that no model can be opened with, before any work is done. */
    void check() {
        requirePositive("--max_seq_len", maxSeqLen, "tokens");
        requirePositive("--max_gen_len", maxGenLen, "tokens");
        requirePositive("--batch_tokens", batchTokens, "tokens");
        requirePositive("--save_every", saveEvery, "rows");
        scoringMode();
        TorchEngine.device(device);
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
                .withScoring(scoringMode())
                .withDevice(TorchEngine.device(device));
        return batchTokens == null ? options : options.withTokensPerBatch(batchTokens);
    }

    /** As the user wrote it. */
    String device() {
        return device;
    }

    boolean fresh() {
        return fresh;
    }

    /** Rows between saves, or null when the user does not say. */
    @Nullable
    Integer saveEvery() {
        return saveEvery;
    }

    private ScoringMode scoringMode() {
        for (ScoringMode mode : ScoringMode.values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(scoring)) {
                return mode;
            }
        }
        throw new ParameterException(
                spec.commandLine(), "--scoring: '" + scoring + "' is not known. Use kit, full or normalized");
    }

    private void requirePositive(String option, @Nullable Integer value, String unit) {
        if (value != null && value < 1) {
            throw new ParameterException(
                    spec.commandLine(), option + " is " + value + "; it must be a number of " + unit + " from 1");
        }
    }
}
