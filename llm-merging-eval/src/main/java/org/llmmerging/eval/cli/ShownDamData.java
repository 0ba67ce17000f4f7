package org.llmmerging.eval.cli;

import org.llmmerging.eval.train.dam.data.DamDataListener;
import org.llmmerging.merge.MergeListener;

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
    public MergeListener.Progress begin(String what, int rows) {
        return messages.start(what, rows, Messages.Unit.EXAMPLES);
    }
}
