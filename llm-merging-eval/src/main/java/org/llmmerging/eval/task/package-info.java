/**
 * Evaluation sets and what is done with them: reading and checking their rows, collecting a model's predictions,
 * scoring them, and writing the files of a run.
 */
@NullMarked
package org.llmmerging.eval.task;

import org.jspecify.annotations.NullMarked;
