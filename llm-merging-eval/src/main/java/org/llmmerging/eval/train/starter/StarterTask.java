package org.llmmerging.eval.train.starter;

/**
 * A task that starter models are made for.
 *
 * @param dataset name of its data set
 * @param title what a reader calls it, such as "summaries"
 * @param metric what is measured, such as "ROUGE-L"
 * @param specialist folder of the fine-tune that was trained for it
 */
public record StarterTask(String dataset, String title, String metric, String specialist) {}
