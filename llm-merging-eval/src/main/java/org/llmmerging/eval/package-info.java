/** What a plugin registers for an architecture: {@link org.llmmerging.eval.KitMerges}. */
@NullMarked
package org.llmmerging.eval;

import org.jspecify.annotations.NullMarked;
