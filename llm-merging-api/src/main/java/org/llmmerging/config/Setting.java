package org.llmmerging.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
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
     * @return never a list of filters; nothing when no filter matches
     */
    default Optional<Setting> forTensor(String tensorName) {
        return Optional.of(this);
    }

    /**
     * The value for one tensor.
     *
     * @param tensorName name that filters look in
     * @param depth how deep the tensor lies, from 0 for the first layer of its slice to 1 for the last
     * @return the number, a boolean as 0 or 1; nothing when no filter matches
     * @throws IllegalArgumentException when the depth is outside [0, 1]
     * @throws IllegalStateException when the tensor's value is {@link Unreadable}
     */
    OptionalDouble resolve(String tensorName, double depth);

    /**
     * Stands for a value that could not be read, which the reader has reported, so that the parameter does not pass for
     * one that is missing.
     */
    record Unreadable(Position position) implements Setting {
        @Override
        public OptionalDouble resolve(String tensorName, double depth) {
            throw new IllegalStateException(position + ": a value that could not be read is used");
        }
    }

    /** The same number for every tensor, finite. */
    record Constant(double value, Position position) implements Setting {
        @Override
        public OptionalDouble resolve(String tensorName, double depth) {
            return OptionalDouble.of(value);
        }
    }

    /** The same switch for every tensor. */
    record Flag(boolean value, Position position) implements Setting {
        @Override
        public OptionalDouble resolve(String tensorName, double depth) {
            return OptionalDouble.of(value ? 1 : 0);
        }
    }

    /**
     * Numbers spread evenly over the depth, the first at 0 and the last at 1, linear between neighbours.
     *
     * @param points finite, at least one; a single one is the same everywhere
     */
    record Gradient(List<Double> points, Position position) implements Setting {
        /** @throws IllegalArgumentException when there are no points */
        public Gradient {
            points = List.copyOf(points);
            if (points.isEmpty()) {
                throw new IllegalArgumentException("a gradient without points");
            }
        }

        @Override
        public OptionalDouble resolve(String tensorName, double depth) {
            if (!(depth >= 0 && depth <= 1)) {
                throw new IllegalArgumentException("depth " + depth + " is outside [0, 1]");
            }
            int last = points.size() - 1;
            double scaled = depth * last;
            int before = (int) scaled;
            int after = Math.min(last, before + 1);
            double fraction = scaled - before;
            return OptionalDouble.of((1 - fraction) * points.get(before) + fraction * points.get(after));
        }
    }

    /** A value by tensor name: the first case that matches decides. */
    record Filtered(List<Case> cases, Position position) implements Setting {
        /** Copies the list. */
        public Filtered {
            cases = List.copyOf(cases);
        }

        @Override
        public Optional<Setting> forTensor(String tensorName) {
            return cases.stream().filter(candidate -> candidate.matches(tensorName)).map(Case::value).findFirst();
        }

        @Override
        public OptionalDouble resolve(String tensorName, double depth) {
            Optional<Setting> matching = forTensor(tensorName);
            return matching.isEmpty() ? OptionalDouble.empty() : matching.get().resolve(tensorName, depth);
        }
    }

    /**
     * One element of a list of filters.
     *
     * @param filter text that a tensor's name must contain; null or {@code *} matches every tensor
     * @param value anything but a list of filters
     */
    record Case(@Nullable String filter, Setting value, Position position) {
        /** Whether every tensor matches. */
        public boolean matchesAll() {
            return filter == null || filter.equals("*");
        }

        /** Whether the tensor of that name takes this value, unless an earlier case does. */
        public boolean matches(String tensorName) {
            return filter == null || matchesAll() || tensorName.contains(filter);
        }
    }
}
