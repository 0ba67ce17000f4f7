/**
 * The combined data set of Differentiable Adaptive Merging (arXiv 2410.08371): in each row a sequence of every model's
 * own training data, and the logits of that model on it where they are kept.
 */
@NullMarked
package org.llmmerging.eval.train.dam.data;

import org.jspecify.annotations.NullMarked;
