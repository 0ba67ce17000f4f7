package org.llmmerging.eval.train.dam.data;

/**
 * One row of a model's training data as text.
 *
 * @param prompt what the model reads; not empty
 * @param answer what it is to answer; empty where the data set has whole texts
 */
record TrainingExample(String prompt, String answer) {}
