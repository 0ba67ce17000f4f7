/**
 * Language models as NDArray code, one reading of each family, and prediction with them.
 *
 * <p>{@link org.llmmerging.eval.model.LanguageModel} opens a checkpoint folder;
 * {@link org.llmmerging.eval.model.ModelPredictor} scores choices and generates text with it. All model code is
 * differentiable: it changes no weight and no intermediate in place.
 */
@NullMarked
package org.llmmerging.eval.model;

import org.jspecify.annotations.NullMarked;
