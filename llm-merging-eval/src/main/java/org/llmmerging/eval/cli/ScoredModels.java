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
 * Scores one model, whose failure is the command's, or several, one after the other: a line of output for each, and a
 * report of all. Of several, one that fails does not keep the others from being scored.
 */
final class ScoredModels {
    private final PrintWriter out;
    private final Messages messages;
    private final boolean verbose;

    ScoredModels(PrintWriter out, Messages messages, boolean verbose) {
        this.out = out;
        this.messages = messages;
        this.verbose = verbose;
    }

    /**
     * A model that is to be scored.
     *
     * @param heading what is printed before, where it is one of several
     */
    record Model(String name, String heading, Supplier<ModelOutcome> evaluation) {}

    /**
     * Scores them.
     *
     * @param models at least one
     * @param folder where the report goes
     * @param report whether there is one of a single model
     * @return the exit code: that of the first failure, or 0
     */
    int run(List<Model> models, Path folder, boolean report) {
        if (models.size() == 1) {
            ModelOutcome outcome = models.getFirst().evaluation().get();
            if (report) {
                ReportFiles.write(folder, List.of(outcome));
            }
            print(SummaryLine.of(outcome.scores()));
            return 0;
        }
        int exitCode = 0;
        List<ModelOutcome> outcomes = new ArrayList<>();
        for (Model model : models) {
            messages.say(model.heading());
            try {
                ModelOutcome outcome = model.evaluation().get();
                print(SummaryLine.of(model.name(), outcome.scores()));
                outcomes.add(outcome);
            } catch (RuntimeException | Error failure) {
                outcomes.add(failed(model.name(), failure));
                if (exitCode == 0) {
                    exitCode = failure instanceof MergingException expected ? expected.exitCode() : Main.FAILED;
                }
            }
        }
        ReportFiles.write(folder, outcomes);
        messages.say("report: " + folder.resolve(ReportFiles.PAGE));
        return exitCode;
    }

    private ModelOutcome failed(String name, Throwable failure) {
        String message = Main.message(failure, verbose);
        messages.warn("error: " + name + ": " + message);
        if (verbose) {
            messages.trace(failure);
        }
        print(SummaryLine.ofFailure(name, message));
        return ModelOutcome.failed(name, message);
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }
}
