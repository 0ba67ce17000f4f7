/**
 * The comparison of merge methods on the starter models: what is tried, what came of it, and the page that shows it.
 */
@NullMarked
package org.llmmerging.eval.results;

import org.jspecify.annotations.NullMarked;
