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

    /**
     * A declared global parameter that takes whole numbers.
     *
     * @throws IllegalArgumentException when the value is no {@code int}: the parameter is to be declared
     *     {@linkplain ParameterSpec#asInteger as an integer} and {@linkplain ParameterSpec#within within} its range
     */
    default int integer(String name) {
        return whole(name, number(name));
    }

    /** As {@link #integer(String)}, for a parameter of each model. */
    default int integer(String name, int model) {
        return whole(name, number(name, model));
    }

    private static int whole(String name, double value) {
        if ((int) value != value) {
            throw new IllegalArgumentException(name + " is " + value
                    + ", and no int. Declare it as an integer, within a range of int");
        }
        return (int) value;
    }

    /** A declared boolean parameter. */
    default boolean flag(String name) {
        return number(name) != 0;
    }

    /** Seed of everything random in this merge. */
    long seed();
}
