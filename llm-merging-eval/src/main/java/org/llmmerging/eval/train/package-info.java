/** Training, and the starter models that a fresh clone merges and evaluates. */
@NullMarked
package org.llmmerging.eval.train;

import org.jspecify.annotations.NullMarked;
