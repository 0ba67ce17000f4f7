package org.llmmerging.eval.cli;

import org.llmmerging.eval.train.dam.data.DamDataListener;

/** Shows how far the making of DAM's data set is. */
record ShownDamData(Messages messages) implements DamDataListener {
    @Override
    public void say(String line) {
        messages.say(line);
    }

    @Override
    public void note(String note) {
        messages.note(note);
    }

    @Override
    public Progress begin(String what, int rows) {
        Messages.Progress shown = messages.start(what, rows, Messages.Unit.EXAMPLES);
        return new Progress() {
            @Override
            public void advanced(int more) {
                shown.advance(more);
            }

            @Override
            public void finished() {
                shown.finish();
            }
        };
    }
}
