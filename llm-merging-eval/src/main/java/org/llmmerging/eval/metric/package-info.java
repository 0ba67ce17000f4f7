/** Figures of merit for predictions: accuracy, and ROUGE by its definition. */
@NullMarked
package org.llmmerging.eval.metric;

import org.jspecify.annotations.NullMarked;
