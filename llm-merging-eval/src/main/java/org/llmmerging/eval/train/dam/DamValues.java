package org.llmmerging.eval.train.dam;

/** What the parameters of DAM are set to, on a command line or in a file. */
public interface DamValues {
    /** The value of a parameter; of a switch 0 or 1. */
    double of(DamParameter parameter);

    /** Whether a switch is on. */
    default boolean isOn(DamParameter parameter) {
        return of(parameter) != 0;
    }
}
