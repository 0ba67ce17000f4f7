package org.llmmerging.eval.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.DatasetException;
import org.llmmerging.eval.task.DatasetResult;
import org.llmmerging.eval.task.EvaluationResult;
import org.llmmerging.eval.task.PredictionFiles;
import org.llmmerging.eval.task.SummaryLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code score}: the metrics of a predictions file, without a model, as one line {@code {"DATASET": {…}}} of unrounded
 * values. A failure is thrown as a {@link org.llmmerging.MergingException}, for the command line as a whole to report.
 */
@Command(name = "score", description = "Compute the metrics of a predictions file.", mixinStandardHelpOptions = true)
final class ScoreCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private final MessageOptions messageOptions = new MessageOptions();

    @Option(
            names = "--dataset",
            required = true,
            paramLabel = "FILE",
            description = "The data set: .csv, .jsonl or .json.")
    @SuppressWarnings("NullAway.Init")
    private Path dataset;

    @Option(
            names = "--predictions",
            required = true,
            paramLabel = "FILE",
            description = "The predictions, id and prediction, as CSV, JSON lines or JSON.")
    @SuppressWarnings("NullAway.Init")
    private Path predictions;

    @Option(
            names = "--use_stemmer",
            description = "Compare word stems in ROUGE (Porter). Off by default, as in the original kit.")
    private boolean useStemmer;

    @Mixin
    private final SkipBadRowsOption badRows = new SkipBadRowsOption();

    @Override
    public Integer call() {
        Dataset rows = Dataset.read(dataset, badRows.skips());
        ShownRun shown = new ShownRun(messageOptions.messages());
        rows.skipped().forEach(row -> shown.skipped(rows, row));
        if (rows.scoredCount() == 0) {
            throw new DatasetException(dataset, "no row has a target to score against; use a set with targets");
        }
        DatasetResult result = DatasetResult.score(rows, PredictionFiles.read(predictions, rows), useStemmer);
        PrintWriter out = spec.commandLine().getOut();
        out.println(SummaryLine.unrounded(new EvaluationResult(List.of(result)).scores()));
        out.flush();
        return 0;
    }
}
