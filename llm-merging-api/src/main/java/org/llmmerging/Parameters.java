package org.llmmerging;

/**
 * The values of a method's declared parameters, resolved for one output tensor: gradients are interpolated, filters
 * applied, defaults filled in and ranges checked.
 */
public interface Parameters {

    /** @throws IllegalArgumentException when the method declared no global parameter of that name */
    double number(String name);

    /**
     * @param model index among the models that are not the base, as in {@link Block#model(int)}
     * @throws IllegalArgumentException when the method declared no per-model parameter of that name
     */
    double number(String name, int model);

    /** A declared boolean parameter. */
    default boolean flag(String name) {
        return number(name) != 0;
    }

    /** Seed of everything random in this merge. */
    long seed();
}
