/** The registry of everything that can be run by name, over ServiceLoader and pf4j. */
@NullMarked
package org.llmmerging.plugin;

import org.jspecify.annotations.NullMarked;
