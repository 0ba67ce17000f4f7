/**
 * Language models as NDArray code, one reading of each family, and prediction with them.
 *
 * <p>{@link org.llmmerging.eval.model.LanguageModel} opens a checkpoint folder;
 * {@link org.llmmerging.eval.model.ModelPredictor} scores choices and generates text with it.
 *
 * <p>All model code is differentiable. It never writes to a weight. It writes to an intermediate only where it has just
 * made it by an operation that does not need its result for its gradient, such as a product or a quotient: it adds a
 * residual, a bias or a mask, or multiplies a gate. The engine refuses a backward pass that would read what was
 * overwritten, so that no wrong gradient can come of it; with ReLU for a gate, which needs its result, it does.
 */
@NullMarked
package org.llmmerging.eval.model;

import org.jspecify.annotations.NullMarked;
