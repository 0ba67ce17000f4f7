package org.llmmerging.config;

import java.util.List;

/**
 * The value that a kit configuration gives one parameter. Printed as the configuration writes it. Immutable.
 */
public sealed interface KitParameter {

    /** One number for all models, finite. */
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

    /** A finite number for each model, in their order. */
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

    /**
     * Stands for a value that cannot be used, which has been reported, so that it does not pass for one that is
     * missing.
     *
     * @param isList whether it was written as a list
     */
    record Unreadable(boolean isList) implements KitParameter {
        @Override
        public String toString() {
            return "unreadable";
        }
    }
}
