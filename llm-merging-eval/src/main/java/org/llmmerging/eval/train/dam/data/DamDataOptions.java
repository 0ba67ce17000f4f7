package org.llmmerging.eval.train.dam.data;

import ai.djl.Device;

/**
 * How a combined data set is made.
 *
 * @param baseModel the base model's name, as the user wrote it
 * @param exampleCount most rows, at least 1
 * @param countedBy what the user gives {@code exampleCount} with, for a message
 * @param maxLength most tokens of a sequence, at least 1; longer ones are cut
 * @param logits which logits of the models are kept
 * @param k how many of each position with {@link StoredLogits#TOP_K}, at least 1; else 0
 * @param seed of the choice of rows and their order
 * @param skipBadRows whether rows with a problem are reported and left out; otherwise they are errors
 * @param fingerprints whether the set says which models it is of, whose weights are read for that
 * @param device where the models run
 */
public record DamDataOptions(
        String baseModel,
        int exampleCount,
        String countedBy,
        int maxLength,
        StoredLogits logits,
        int k,
        long seed,
        boolean skipBadRows,
        boolean fingerprints,
        Device device) {}
