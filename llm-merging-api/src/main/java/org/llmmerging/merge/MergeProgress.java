package org.llmmerging.merge;

/** Is notified how far a merge is. Called from several threads. */
@FunctionalInterface
public interface MergeProgress {
    /** Ignores everything. */
    MergeProgress NONE = bytes -> {};

    /** So many more bytes of the output are written. */
    void written(long bytes);
}
