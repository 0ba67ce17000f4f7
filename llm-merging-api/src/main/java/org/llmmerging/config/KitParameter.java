package org.llmmerging.config;

import java.util.List;

/**
 * The value that a kit configuration gives one parameter. Printed as the configuration writes it. Immutable.
 */
public sealed interface KitParameter {

    /** One number for all models: finite, or NaN where it could not be used and that has been reported. */
    record Number(double value) implements KitParameter {
        @Override
        public String toString() {
            return Double.toString(value);
        }
    }

    /** A switch. */
    record Flag(boolean value) implements KitParameter {
        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    /** A number for each model, in their order, as in {@link Number}. */
    record PerModel(List<Double> values) implements KitParameter {
        /** Copies the list. */
        public PerModel {
            values = List.copyOf(values);
        }

        @Override
        public String toString() {
            return values.toString();
        }
    }
}
