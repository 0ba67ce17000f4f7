package org.llmmerging.eval.train.starter;

/**
 * A text in two parts: what a model is given, and what follows.
 *
 * @param continuation encoded as the kit encodes a target, on its own
 */
record Passage(String prompt, String continuation) {}
