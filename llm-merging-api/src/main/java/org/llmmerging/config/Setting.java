package org.llmmerging.config;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The value that a configuration gives one parameter, in one of mergekit's forms: a constant, a gradient over the depth
 * of the model, or a list of values for tensors by name. Immutable.
 */
public sealed interface Setting {

    /** Where the value stands. */
    Position position();

    /**
     * What holds for one tensor: this setting, or the value of the first filter that matches.
     *
     * @param tensorName name that filters look in
     * @return nothing when no filter matches
     */
    Optional<Value> forTensor(String tensorName);

    /** A setting that is the same for every tensor of one depth. */
    sealed interface Value extends Setting {
        @Override
        default Optional<Value> forTensor(String tensorName) {
            return Optional.of(this);
        }

        /**
         * The number that a tensor takes.
         *
         * @param depth how deep the tensor lies, from 0 for the first layer of its slice to 1 for the last
         * @return a boolean as 0 or 1
         * @throws IllegalArgumentException when the depth is outside [0, 1]
         * @throws IllegalStateException when this is {@link Unreadable}
         */
        double at(double depth);
    }

    /**
     * Stands for a value that could not be read, which the reader has reported, so that the parameter does not pass for
     * one that is missing.
     */
    record Unreadable(Position position) implements Value {
        @Override
        public double at(double depth) {
            throw new IllegalStateException(position + ": a value that could not be read is used");
        }
    }

    /** The same number for every tensor, finite. */
    record Constant(double value, Position position) implements Value {
        @Override
        public double at(double depth) {
            return value;
        }
    }

    /** The same switch for every tensor. */
    record Flag(boolean value, Position position) implements Value {
        @Override
        public double at(double depth) {
            return value ? 1 : 0;
        }
    }

    /**
     * Numbers spread evenly over the depth, the first at 0 and the last at 1, linear between neighbours.
     *
     * @param points finite, at least one; a single one is the same everywhere
     */
    record Gradient(List<Double> points, Position position) implements Value {
        /** @throws IllegalArgumentException when there are no points */
        public Gradient {
            points = List.copyOf(points);
            if (points.isEmpty()) {
                throw new IllegalArgumentException("a gradient without points");
            }
        }

        @Override
        public double at(double depth) {
            if (!(depth >= 0 && depth <= 1)) {
                throw new IllegalArgumentException("depth " + depth + " is outside [0, 1]");
            }
            int last = points.size() - 1;
            double scaled = depth * last;
            int before = (int) scaled;
            int after = Math.min(last, before + 1);
            double fraction = scaled - before;
            return (1 - fraction) * points.get(before) + fraction * points.get(after);
        }
    }

    /** A value by tensor name: the first case that matches decides. */
    record Filtered(List<Case> cases, Position position) implements Setting {
        /** Copies the list. */
        public Filtered {
            cases = List.copyOf(cases);
        }

        @Override
        public Optional<Value> forTensor(String tensorName) {
            return cases.stream().filter(candidate -> candidate.matches(tensorName)).map(Case::value).findFirst();
        }
    }

    /**
     * One element of a list of filters.
     *
     * @param filter text that a tensor's name must contain; null or {@code *} matches every tensor
     */
    record Case(@Nullable String filter, Value value, Position position) {
        /** Whether the tensor of that name takes this value, unless an earlier case does. */
        public boolean matches(String tensorName) {
            return filter == null || filter.equals("*") || tensorName.contains(filter);
        }
    }
}
