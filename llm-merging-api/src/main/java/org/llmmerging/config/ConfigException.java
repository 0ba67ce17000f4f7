package org.llmmerging.config;

import org.jspecify.annotations.Nullable;
import org.llmmerging.MergingException;

/** A configuration that is malformed or asks for what cannot be done. Exit code 2. */
public final class ConfigException extends MergingException {
    private static final long serialVersionUID = 1L;

    /** @param message every problem found, a line each, with file, line and column */
    public ConfigException(String message) {
        this(message, null);
    }

    /** @param message every problem found, a line each, with file, line and column */
    public ConfigException(String message, @Nullable Throwable cause) {
        super(2, message, cause);
    }
}
