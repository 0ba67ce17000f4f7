package org.llmmerging.eval.train.dam.data;

import org.llmmerging.Reporter;
import org.llmmerging.merge.MergeListener;

/** Is notified how far the making of a combined data set is, on the thread that makes it. */
public interface DamDataListener extends Reporter {
    /** Reports to another, and shows no progress. */
    static DamDataListener of(Reporter reporter) {
        return new DamDataListener() {
            @Override
            public void say(String line) {
                reporter.say(line);
            }

            @Override
            public void note(String note) {
                reporter.note(note);
            }
        };
    }

    /**
     * A piece of work begins; the one before has ended.
     *
     * @param what such as {@code logits of models/a}
     * @param rows how many rows it has
     */
    default MergeListener.Progress begin(String what, int rows) {
        return MergeListener.Progress.NONE;
    }
}
