package org.llmmerging.eval.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.train.dam.TrainingListener;
import org.llmmerging.eval.train.dam.TrainingStep;

/** Shows the progress of a training with its loss and the time that is left, and at the end what came of the loss. */
final class ShownDamTraining implements TrainingListener {
    private final Messages messages;
    private Messages.@Nullable Progress progress;
    private double first = Double.NaN;

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
        shown.note(String.format(Locale.ROOT, "loss %.4f", step.loss()));
        shown.advanced(1);
        if (step.step() == step.steps()) {
            shown.finished();
            messages.say(String.format(
                    Locale.ROOT, "loss: %.4f at the first step, %.4f at the last", first, step.loss()));
        }
    }
}
