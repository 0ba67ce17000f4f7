/**
 * Differentiable Adaptive Merging (DAM, arXiv 2410.08371): coefficients for every input column of every layer of every
 * model, learned by gradient descent and folded into an ordinary checkpoint.
 */
@NullMarked
package org.llmmerging.eval.train.dam;

import org.jspecify.annotations.NullMarked;
