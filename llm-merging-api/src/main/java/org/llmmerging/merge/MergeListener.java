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

    /** Is notified how far one stage is. */
    interface Progress {
        /** Ignores everything. */
        Progress NONE = new Progress() {};

        /** So many more bytes are written. Called from several threads. */
        default void written(long bytes) {}

        /** The folder is in its place. */
        default void finished() {}
    }
}
