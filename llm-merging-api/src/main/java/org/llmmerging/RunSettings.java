package org.llmmerging;

/**
 * What the user asks of a whole run, and no configuration says.
 *
 * @param device where models run, such as {@code cpu} or {@code cuda:1}
 * @param skipBadRows whether rows of a data set that cannot be used are reported and left out; otherwise they are
 *     errors
 */
public record RunSettings(String device, boolean skipBadRows) {}
