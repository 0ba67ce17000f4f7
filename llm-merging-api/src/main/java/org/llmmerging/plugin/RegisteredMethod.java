package org.llmmerging.plugin;

import org.llmmerging.MergeMethod;

/**
 * A merge method that a configuration can name.
 *
 * @param name what the method said its name is when it was registered
 * @param method the method
 * @param origin where it comes from
 */
public record RegisteredMethod(String name, MergeMethod method, Origin origin) {}
