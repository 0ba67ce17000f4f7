/**
 * The starter models that a fresh clone merges and evaluates, and the data they are trained and measured on: a
 * generated small world, byte-pair tokenizers, and the training of a base and its fine-tunes.
 */
@NullMarked
package org.llmmerging.eval.train.starter;

import org.jspecify.annotations.NullMarked;
