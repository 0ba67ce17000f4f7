package org.llmmerging.eval.cli;

import org.llmmerging.merge.MergeListener;

/** Shows how far a merge is. */
record ShownMerge(Messages messages) implements MergeListener {
    @Override
    public void say(String line) {
        messages.say(line);
    }

    @Override
    public void note(String note) {
        messages.note(note);
    }

    @Override
    public void reused(String stage) {
        messages.say(stage + ": finished by an earlier run");
    }

    @Override
    public Progress begin(String what, long bytes) {
        return messages.start(what, bytes, Messages.Unit.BYTES);
    }
}
