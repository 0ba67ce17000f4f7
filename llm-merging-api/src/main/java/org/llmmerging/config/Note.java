package org.llmmerging.config;

import org.jspecify.annotations.Nullable;

/**
 * What a user should know of a configuration though nothing is wrong.
 *
 * @param position what it is about, where that is one place of a configuration, else null
 * @param text a line without its end, the same wherever the configuration lies
 */
public record Note(@Nullable Position position, String text) {

    /** {@code file:line:column: text}. */
    @Override
    public String toString() {
        return position == null ? text : position + ": " + text;
    }
}
