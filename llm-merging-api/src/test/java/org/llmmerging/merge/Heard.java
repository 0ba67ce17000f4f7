package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;

/** Notes which merges ran and which were there, and may fail one. */
final class Heard implements MergeListener {
    final List<String> notes = new ArrayList<>();
    final List<String> ran = new ArrayList<>();
    final List<String> reused = new ArrayList<>();
    String failing = "";

    @Override
    public void note(String note) {
        notes.add(note);
    }

    @Override
    public void reused(String stage) {
        reused.add(stage);
    }

    @Override
    public Progress begin(String what, long bytes) {
        ran.add(what);
        if (what.equals(failing)) {
            throw new MergeException("stopped on purpose");
        }
        return new Progress() {};
    }
}
