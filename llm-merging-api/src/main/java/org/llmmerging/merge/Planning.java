package org.llmmerging.merge;

import org.jspecify.annotations.Nullable;

/**
 * What the merges of a file are planned with.
 *
 * @param options what the user allows and wants
 * @param locator finds the models that are no stages
 * @param methods finds the methods of all merges
 * @param cache where stages lie, or null for a plan that is only looked at: none of its stages counts as finished
 */
public record Planning(
        MergeOptions options, ModelLocator locator, MethodFinder methods, @Nullable StageCache cache) {

    /** The same for a plan that is only looked at. */
    Planning withoutCache() {
        return new Planning(options, locator, methods, null);
    }
}
