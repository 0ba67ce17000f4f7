package org.llmmerging.eval.cli;

import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.model.PredictionProgress;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.EvaluationProgress;

/** Shows how far the evaluation of a model is: one bar for each data set. */
final class ShownEvaluation implements PredictionProgress, EvaluationProgress {
    private final Messages messages;
    private Messages.@Nullable Progress shown;
    private int shownOfCall;

    ShownEvaluation(Messages messages) {
        this.messages = messages;
    }

    @Override
    public void begin(Dataset dataset, int rows, int resumed) {
        if (resumed > 0) {
            messages.say(dataset.name() + ": an interrupted run has answered " + resumed + " of " + (rows + resumed)
                    + " rows; going on from there");
        }
        shown = messages.start("evaluate " + dataset.name(), rows, Messages.Unit.EXAMPLES);
        shownOfCall = 0;
    }

    @Override
    public void update(int completed, int total) {
        if (shown != null) {
            shown.advanced(completed - shownOfCall);
            shownOfCall = completed;
        }
    }

    @Override
    public void note(String text) {
        messages.note(text);
    }

    @Override
    public void predicted(int rows) {
        // A model that reports no progress of its own is as far as its last call.
        update(Math.max(rows, shownOfCall), rows);
        shownOfCall = 0;
    }

    @Override
    public void end() {
        if (shown != null) {
            shown.finished();
            shown = null;
        }
    }
}
