package org.llmmerging.merge;

import org.llmmerging.Reporter;

/** Is notified of what a merge does, and of what the user should know of it, before it begins and until it ends. */
public interface MergeListener extends Reporter {
    /** Ignores everything. */
    MergeListener NONE = new MergeListener() {};

    @Override
    default void say(String line) {}

    @Override
    default void note(String note) {}

    /** A stage is taken as an earlier run left it. */
    default void reused(String stage) {}

    /**
     * Weights are about to be written.
     *
     * @param what the stage's name, or {@code merge} for the result
     * @param bytes how many will be
     */
    default Progress begin(String what, long bytes) {
        return Progress.NONE;
    }

    /** Is notified how far one piece of work is. */
    interface Progress {
        /** Ignores everything. */
        Progress NONE = new Progress() {};

        /** So much more of it is done. Called from several threads. */
        default void advanced(long more) {}

        /** All of it is done. */
        default void finished() {}
    }
}
