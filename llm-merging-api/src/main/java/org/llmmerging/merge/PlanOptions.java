package org.llmmerging.merge;

/**
 * What a user may choose about a merge besides its configuration.
 *
 * @param seed seed of everything random
 * @param allowCrimes whether tensors of vocabularies of different size are cut to fit, which is otherwise refused;
 *     mergekit's {@code --allow-crimes}. What was cut is told in {@link MergePlan#notes()}
 */
public record PlanOptions(long seed, boolean allowCrimes) {

    /** That seed, and nothing allowed that may lose weights. */
    public static PlanOptions ofSeed(long seed) {
        return new PlanOptions(seed, false);
    }

    /** These options with {@link #allowCrimes} set or not. */
    public PlanOptions withAllowCrimes(boolean allowed) {
        return new PlanOptions(seed, allowed);
    }
}
