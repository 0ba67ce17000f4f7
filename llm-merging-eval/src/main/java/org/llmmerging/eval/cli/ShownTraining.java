package org.llmmerging.eval.cli;

import java.util.Locale;
import org.llmmerging.eval.train.starter.StarterModels;

/** Says what is trained, every hundred steps the mean loss of these, and how long it took. */
final class ShownTraining implements StarterModels.Listener {
    private static final int STEPS = 100;

    private final Messages messages;
    private String model = "";
    private int steps;
    private double sum;
    private long began;

    ShownTraining(Messages messages) {
        this.messages = messages;
    }

    @Override
    public void note(String note) {
        messages.note(note);
    }

    @Override
    public void begin(String newModel, int newSteps) {
        model = newModel;
        steps = newSteps;
        sum = 0;
        began = System.nanoTime();
    }

    @Override
    public void step(int step, float loss) {
        sum += loss;
        if ((step + 1) % STEPS == 0) {
            messages.say(String.format(
                    Locale.ROOT, "%s: step %d of %d, loss %.3f, %.0f s", model, step + 1, steps, sum / STEPS,
                    seconds()));
            sum = 0;
        }
    }

    @Override
    public void end() {
        messages.say(String.format(Locale.ROOT, "%s: %d steps in %.0f s", model, steps, seconds()));
    }

    private double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }
}
