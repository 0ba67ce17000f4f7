package org.llmmerging.merge;

import org.llmmerging.MergeMethod;

/** Finds a merge method by its name. */
@FunctionalInterface
public interface MethodFinder {
    /** @throws org.llmmerging.MergingException saying what the user is to know when there is none of that name */
    MergeMethod find(String name);
}
