package org.llmmerging.plugin;

import org.jspecify.annotations.Nullable;

/** Says what is wrong with one plugin, without its jar and id. Becomes a {@link PluginFailure}. */
final class UnusablePluginException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusablePluginException(String problem) {
        this(problem, null);
    }

    UnusablePluginException(String problem, @Nullable Throwable cause) {
        super(problem, cause);
    }
}
