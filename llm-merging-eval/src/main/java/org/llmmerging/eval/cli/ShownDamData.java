package org.llmmerging.eval.cli;

import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.train.dam.data.DamDataListener;

/** Shows how far the making of DAM's data set is. */
final class ShownDamData implements DamDataListener {
    private final Messages messages;
    private Messages.@Nullable Progress shown;

    ShownDamData(Messages messages) {
        this.messages = messages;
    }

    @Override
    public void note(String note) {
        messages.warn("note: " + note);
    }

    @Override
    public void shortage(String dataset, int rows, int asked) {
        note(dataset + " has " + rows + " rows, fewer than the " + asked + " of --example_count: the set has " + rows);
    }

    @Override
    public void begin(String what, int rows) {
        shown = messages.start(what, rows, Messages.Unit.EXAMPLES);
    }

    @Override
    public void advance(int rows) {
        if (shown != null) {
            shown.advance(rows);
        }
    }

    @Override
    public void end() {
        if (shown != null) {
            shown.finish();
            shown = null;
        }
    }
}
