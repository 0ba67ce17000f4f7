package org.llmmerging.eval.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.train.dam.TrainingListener;
import org.llmmerging.eval.train.dam.TrainingStep;

/** Shows the progress of a training with its loss and the time that is left. */
final class ShownDamTraining implements TrainingListener {
    private final Messages messages;
    private Messages.@Nullable Progress progress;
    private double first = Double.NaN;
    private double last = Double.NaN;

    ShownDamTraining(Messages messages) {
        this.messages = messages;
    }

    @Override
    public void stepped(TrainingStep step) {
        Messages.Progress shown = progress;
        if (shown == null) {
            shown = messages.start("train", step.steps() - step.step() + 1, Messages.Unit.STEPS);
            progress = shown;
            first = step.loss();
        }
        last = step.loss();
        shown.note(String.format(Locale.ROOT, "loss %.4f", last));
        shown.advance(1);
    }

    /** Says how long it took and what came of the loss. */
    void finish() {
        if (progress != null) {
            progress.finish();
            messages.say(String.format(Locale.ROOT, "loss: %.4f at the first step, %.4f at the last", first, last));
        }
    }
}
