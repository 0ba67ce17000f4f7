/**
 * The registry of everything that can be run by name.
 *
 * <p>{@link org.llmmerging.plugin.PluginRegistry} finds the services {@link org.llmmerging.Merges},
 * {@link org.llmmerging.MergesProvider} and {@link org.llmmerging.MergeMethod} on the class path and in the jars of
 * the plugin folders, in both places through {@link java.util.ServiceLoader}. pf4j reads what a plugin's manifest says
 * of it and checks its version constraints.
 */
@NullMarked
package org.llmmerging.plugin;

import org.jspecify.annotations.NullMarked;
