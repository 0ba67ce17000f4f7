package org.llmmerging.config;

import java.util.List;
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
     * The value for one tensor.
     *
     * @param tensorName name that filters look in
     * @param depth how deep the tensor lies, from 0 for the first layer of its slice to 1 for the last
     * @return the number, a boolean as 0 or 1; nothing when no filter matches
     * @throws IllegalArgumentException when the depth is outside [0, 1]
     */
    OptionalDouble resolve(String tensorName, double depth);

    /** The same number for every tensor: finite, or NaN where it could not be read and the reader has said so. */
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
     * @param points finite, or NaN as for {@link Constant}, at least one; a single one is the same everywhere
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
        public OptionalDouble resolve(String tensorName, double depth) {
            for (Case candidate : cases) {
                if (candidate.matches(tensorName)) {
                    return candidate.value.resolve(tensorName, depth);
                }
            }
            return OptionalDouble.empty();
        }
    }

    /**
     * One element of a list of filters.
     *
     * @param filter text that a tensor's name must contain; null or {@code *} matches every tensor
     * @param value a constant, flag or gradient
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
