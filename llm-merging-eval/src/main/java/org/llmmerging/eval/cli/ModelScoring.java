package org.llmmerging.eval.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Predictor;
import org.llmmerging.RunSettings;
import org.llmmerging.Scores;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.eval.model.ModelPredictor;
import org.llmmerging.eval.model.PredictorOptions;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.DatasetResult;
import org.llmmerging.eval.task.Evaluation;
import org.llmmerging.eval.task.EvaluationOptions;
import org.llmmerging.eval.task.EvaluationResult;
import org.llmmerging.eval.task.ModelFingerprint;
import org.llmmerging.eval.task.PartialResults;
import org.llmmerging.eval.task.ResultFiles;
import org.llmmerging.eval.task.SkippedRow;

/**
 * Opens the checkpoints of one predictor and scores it as the command line says, keeping its answers until the results
 * are written. Used for one predictor; not thread-safe.
 */
final class ModelScoring {
    /** A model of this size answers as many rows between two saves as it would by default. */
    private static final long SMALL_MODEL_BYTES = 1L << 30;

    private static final int FEWEST_ROWS_AT_ONCE = 16;

    private final EvaluationSettings settings;
    private final boolean skipBadRows;
    private final Messages messages;
    private final ShownEvaluation shown;
    /** What decides a model's answers besides its files, by checkpoint: a wrapper may hold several. */
    private final Map<Path, String> opened = new LinkedHashMap<>();

    ModelScoring(EvaluationSettings settings, boolean skipBadRows, Messages messages) {
        this.settings = settings;
        this.skipBadRows = skipBadRows;
        this.messages = messages;
        this.shown = new ShownEvaluation(messages);
    }

    /** What else in the run goes by. */
    RunSettings runSettings() {
        return new RunSettings(settings.device(), skipBadRows);
    }

    /**
     * Opens a checkpoint.
     *
     * @param sequenceLength what the configuration says of prompts, if anything
     * @param newTokens what it says of generated text, if anything
     */
    Predictor open(Path checkpoint, @Nullable Integer sequenceLength, @Nullable Integer newTokens) {
        PredictorOptions options = settings.predictorOptions(sequenceLength, newTokens);
        // A run that ended for lack of memory resumes with smaller batches.
        opened.put(checkpoint, options.decisive());
        return ModelPredictor.open(checkpoint, options, shown);
    }

    /**
     * Scores a predictor and writes the results.
     *
     * @param predictor what {@link #open} returned or a wrapper of it; one with no model opened here is never resumed
     * @param folder the run's folder, {@code OUTPUT_FOLDER/NAME}
     * @param code stands for the code that asks the model, see {@link CodeDigest}
     */
    EvaluationResult score(Predictor predictor, List<Dataset> datasets, Path folder, String code) {
        datasets.forEach(dataset -> SkipBadRowsOption.report(dataset, dataset.skipped(), messages));
        PartialResults partial = partial(folder, code);
        if (partial != null && settings.fresh()) {
            partial.delete(datasets);
        }
        EvaluationResult result = Evaluation.run(
                predictor, datasets, new EvaluationOptions(skipBadRows, rowsAtOnce(), partial, shown));
        for (int i = 0; i < datasets.size(); i++) {
            Dataset given = datasets.get(i);
            DatasetResult scored = result.datasets().get(i);
            List<SkippedRow> skipped = scored.dataset().skipped();
            SkipBadRowsOption.report(given, skipped.subList(given.skipped().size(), skipped.size()), messages);
        }
        ResultFiles.write(folder, result);
        if (partial != null) {
            partial.delete(datasets);
        }
        return result;
    }

    /**
     * Scores a candidate. No result is written and no answer kept.
     *
     * @param sequenceLength what the configuration says of prompts, if anything
     * @param newTokens what it says of generated text, if anything
     */
    Scores validate(
            Path candidate,
            @Nullable Integer sequenceLength,
            @Nullable Integer newTokens,
            List<Dataset> validation) {
        PredictorOptions options = settings.predictorOptions(sequenceLength, newTokens);
        try (Predictor predictor = ModelPredictor.open(candidate, options, shown)) {
            return Evaluation.run(
                    predictor,
                    validation,
                    new EvaluationOptions(skipBadRows, EvaluationOptions.ROWS_AT_ONCE, null, shown))
                    .scores();
        }
    }

    private @Nullable PartialResults partial(Path folder, String code) {
        Path absolute = folder.toAbsolutePath().normalize();
        Path output = absolute.getParent();
        if (opened.isEmpty() || output == null) {
            return null;
        }
        StringBuilder key = new StringBuilder();
        opened.forEach((checkpoint, options) -> key.append(ModelFingerprint.of(checkpoint))
                .append('\n')
                .append(options)
                .append('\n'));
        return new PartialResults(output, absolute.getFileName().toString(), key + code);
    }

    private int rowsAtOnce() {
        Integer chosen = settings.saveEvery();
        if (chosen != null) {
            return chosen;
        }
        long bytes = opened.keySet().stream().mapToLong(ModelScoring::bytes).sum();
        long rows = EvaluationOptions.ROWS_AT_ONCE * SMALL_MODEL_BYTES / Math.max(1, bytes);
        return (int) Math.clamp(rows, FEWEST_ROWS_AT_ONCE, EvaluationOptions.ROWS_AT_ONCE);
    }

    private static long bytes(Path folder) {
        try {
            return FolderTree.children(folder).stream()
                    .filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new CheckpointException(folder, "cannot be read (" + e.getMessage() + ")", e);
        }
    }
}
