package org.llmmerging.eval.cli;

import org.llmmerging.eval.model.PredictionProgress;
import org.llmmerging.eval.run.RunListener;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.EvaluationProgress;
import org.llmmerging.eval.task.SkippedRow;
import org.llmmerging.merge.MergeListener;

/** Shows what a run does. */
final class ShownRun implements RunListener {
    private final Messages messages;
    private final ShownEvaluation evaluation;

    ShownRun(Messages messages) {
        this.messages = messages;
        this.evaluation = new ShownEvaluation(messages);
    }

    @Override
    public void say(String line) {
        messages.say(line);
    }

    @Override
    public void note(String note) {
        messages.note(note);
    }

    @Override
    public void skipped(Dataset dataset, SkippedRow row) {
        messages.warn("skipped: " + dataset.file() + ": " + row.place() + ", " + row.reason());
    }

    @Override
    public MergeListener merging() {
        return new ShownMerge(messages);
    }

    @Override
    public EvaluationProgress evaluating() {
        return evaluation;
    }

    @Override
    public PredictionProgress predicting() {
        return evaluation;
    }
}
