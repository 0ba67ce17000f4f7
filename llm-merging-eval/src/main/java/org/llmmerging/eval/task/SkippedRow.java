package org.llmmerging.eval.task;

/**
 * A row that was left out because it cannot be evaluated.
 *
 * @param place where it stands, such as {@code row 3 (line 9)}
 * @param reason what is wrong with it, and the remedy
 */
public record SkippedRow(String place, String reason) {}
