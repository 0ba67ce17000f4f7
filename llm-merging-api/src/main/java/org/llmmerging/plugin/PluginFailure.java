package org.llmmerging.plugin;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A plugin that could not be used. None of its names is registered; every other plugin is unaffected.
 *
 * @param jar the plugin's jar
 * @param message complete on its own: the jar, the plugin's id where it is known, what is wrong and what to do about it
 * @param cause what was thrown, for {@code --verbose}; null when nothing was
 */
public record PluginFailure(Path jar, String message, @Nullable Throwable cause) {}
