package org.llmmerging.eval.run;

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
import org.llmmerging.config.FileProblem;
import org.llmmerging.eval.io.ModelFingerprint;
import org.llmmerging.eval.model.ModelPredictor;
import org.llmmerging.eval.model.PredictorOptions;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.DatasetResult;
import org.llmmerging.eval.task.Evaluation;
import org.llmmerging.eval.task.EvaluationOptions;
import org.llmmerging.eval.task.EvaluationResult;
import org.llmmerging.eval.task.PartialResults;
import org.llmmerging.eval.task.ResultFiles;
import org.llmmerging.eval.task.SkippedRow;

/**
 * Opens the checkpoints of one predictor and scores it as its options say, keeping its answers until the results
 * are written. Used for one predictor; not thread-safe.
 */
public final class ModelScoring {
    /** A model of this size answers as many rows between two saves as it would by default. */
    private static final long SMALL_MODEL_BYTES = 1L << 30;

    private static final int FEWEST_ROWS_AT_ONCE = 16;

    private final ScoringOptions options;
    private final RunListener listener;
    /** What decides a model's answers besides its files, by checkpoint: a wrapper may hold several. */
    private final Map<Path, String> opened = new LinkedHashMap<>();

    /**
     * @param options how the predictor is asked
     * @param listener notified of rows left out, and of how far the evaluation is
     */
    public ModelScoring(ScoringOptions options, RunListener listener) {
        this.options = options;
        this.listener = listener;
    }

    /** What else in the run goes by. */
    RunSettings runSettings() {
        return new RunSettings(options.device(), options.skipBadRows());
    }

    /**
     * Opens a checkpoint.
     *
     * @param sequenceLength what the configuration says of prompts, if anything
     * @param newTokens what it says of generated text, if anything
     */
    public Predictor open(Path checkpoint, @Nullable Integer sequenceLength, @Nullable Integer newTokens) {
        PredictorOptions opening = options.predictor(sequenceLength, newTokens);
        // A run that ended for lack of memory resumes with smaller batches.
        opened.put(checkpoint, opening.decisive());
        return ModelPredictor.open(checkpoint, opening, listener.predicting());
    }

    /**
     * Scores a predictor and writes the results.
     *
     * @param predictor what {@link #open} returned or a wrapper of it; one with no model opened here is never resumed
     * @param folder the run's folder, {@code OUTPUT_FOLDER/NAME}
     * @param code stands for the code that asks the model, see {@link CodeDigest}
     */
    public EvaluationResult score(Predictor predictor, List<Dataset> datasets, Path folder, String code) {
        datasets.forEach(dataset -> dataset.skipped().forEach(row -> listener.skipped(dataset, row)));
        PartialResults partial = partial(folder, code);
        if (partial != null && options.fresh()) {
            partial.delete(datasets);
        }
        EvaluationResult result = Evaluation.run(
                predictor, datasets, evaluation(rowsAtOnce(), partial));
        for (int i = 0; i < datasets.size(); i++) {
            Dataset given = datasets.get(i);
            DatasetResult scored = result.datasets().get(i);
            List<SkippedRow> skipped = scored.dataset().skipped();
            skipped.subList(given.skipped().size(), skipped.size()).forEach(row -> listener.skipped(given, row));
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
    public Scores validate(
            Path candidate,
            @Nullable Integer sequenceLength,
            @Nullable Integer newTokens,
            List<Dataset> validation) {
        PredictorOptions opening = options.predictor(sequenceLength, newTokens);
        try (Predictor predictor = ModelPredictor.open(candidate, opening, listener.predicting())) {
            return Evaluation.run(predictor, validation, evaluation(EvaluationOptions.ROWS_AT_ONCE, null)).scores();
        }
    }

    private EvaluationOptions evaluation(int rowsAtOnce, @Nullable PartialResults partial) {
        return new EvaluationOptions(options.skipBadRows(), rowsAtOnce, partial, listener.evaluating());
    }

    private @Nullable PartialResults partial(Path folder, String code) {
        Path absolute = folder.toAbsolutePath().normalize();
        Path output = absolute.getParent();
        if (opened.isEmpty() || output == null) {
            return null;
        }
        StringBuilder key = new StringBuilder();
        opened.forEach((checkpoint, decisive) -> key.append(ModelFingerprint.of(checkpoint))
                .append('\n')
                .append(decisive)
                .append('\n'));
        return new PartialResults(output, absolute.getFileName().toString(), key + code);
    }

    private int rowsAtOnce() {
        Integer chosen = options.saveEvery();
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
            throw new CheckpointException(folder, "cannot be read (" + FileProblem.of(e) + ")", e);
        }
    }
}
