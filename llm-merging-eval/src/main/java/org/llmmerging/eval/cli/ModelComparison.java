package org.llmmerging.eval.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.llmmerging.MergingException;
import org.llmmerging.eval.report.ModelOutcome;
import org.llmmerging.eval.report.ReportFiles;
import org.llmmerging.eval.task.SummaryLine;

/**
 * The evaluation of several models, one after the other: a line of output for each, and a report of all. One that fails
 * does not keep the others from being scored.
 */
final class ModelComparison {
    private final PrintWriter out;
    private final Messages messages;
    private final boolean verbose;
    private final List<ModelOutcome> outcomes = new ArrayList<>();
    private int exitCode;

    ModelComparison(PrintWriter out, Messages messages, boolean verbose) {
        this.out = out;
        this.messages = messages;
        this.verbose = verbose;
    }

    /** Scores one model; its failure is printed and kept for the report. */
    void add(String name, Supplier<ModelOutcome> evaluation) {
        try {
            ModelOutcome outcome = evaluation.get();
            out.println(SummaryLine.of(name, outcome.scores()));
            outcomes.add(outcome);
        } catch (RuntimeException | Error failure) {
            String message = Main.message(failure, verbose);
            messages.warn("error: " + name + ": " + message);
            if (verbose) {
                messages.trace(failure);
            }
            outcomes.add(ModelOutcome.failed(name, message));
            out.println(SummaryLine.ofFailure(name, message));
            if (exitCode == 0) {
                exitCode = failure instanceof MergingException expected ? expected.exitCode() : Main.FAILED;
            }
        }
        out.flush();
    }

    /**
     * Writes the report.
     *
     * @return the exit code: that of the first failure, or 0
     */
    int report(Path folder) {
        ReportFiles.write(folder, outcomes);
        messages.say("report: " + folder.resolve(ReportFiles.PAGE));
        return exitCode;
    }
}
