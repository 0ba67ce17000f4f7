package org.llmmerging.plugin;

import org.jspecify.annotations.Nullable;
import org.llmmerging.MergingException;

/**
 * The plugins as a whole cannot be used: a name or a plugin is there twice, or a folder cannot be read; or one does
 * what it may not, such as an evaluation that gives no finite score, or a plan of two merges. Exit code 6.
 *
 * <p>One plugin that cannot be loaded is no reason for it; see {@link PluginFailure}.
 */
public final class PluginException extends MergingException {
    private static final long serialVersionUID = 1L;

    /** @param message every problem found, a line each, with the jars, folders or names concerned */
    public PluginException(String message) {
        this(message, null);
    }

    /** @param message every problem found, a line each, with the jars, folders or names concerned */
    public PluginException(String message, @Nullable Throwable cause) {
        super(6, message, cause);
    }
}
