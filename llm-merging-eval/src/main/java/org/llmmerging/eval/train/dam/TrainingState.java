package org.llmmerging.eval.train.dam;

import java.util.Map;

/**
 * All that training needs to go on where it was. The rows that come next follow from the step.
 *
 * @param step number of steps taken
 * @param optimizer as {@link org.llmmerging.eval.train.AdamW#state} returns it
 */
record TrainingState(long step, Coefficients coefficients, Map<String, float[]> optimizer) {}
