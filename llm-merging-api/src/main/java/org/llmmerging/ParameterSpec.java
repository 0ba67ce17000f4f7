package org.llmmerging;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A parameter that a merge method declares, so that a configuration can be checked before any weight is read.
 *
 * @param name as a configuration writes it
 * @param scope given once for the merge, or for each model that is not the base
 * @param type what values are taken
 * @param defaultValue used when the configuration has none; null makes the parameter required. Booleans are 0 and 1
 * @param minimum smallest allowed value, inclusive
 * @param maximum largest allowed value, inclusive
 * @param description what it does, in a line for {@code ./main list METHOD}; may be empty
 */
public record ParameterSpec(
        String name,
        Scope scope,
        Type type,
        @Nullable Double defaultValue,
        double minimum,
        double maximum,
        String description) {

    /** The minimum of a parameter that takes every number above 0, and not 0. */
    public static final double ABOVE_ZERO = Double.MIN_VALUE;

    /** Beyond it not every whole number can be told from the next. */
    private static final double LARGEST_IN_FULL = 1e15;

    private static final String WHOLE = "a whole number";

    private static final Pattern LINE = Pattern.compile("\\V*");

    /** @throws IllegalArgumentException when no value is allowed, or the default is not among those that are */
    public ParameterSpec {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a parameter needs a name");
        }
        if (!LINE.matcher(description).matches()) {
            throw new IllegalArgumentException("the description of parameter " + name + " is more than a line");
        }
        if (!(minimum <= maximum)) {
            throw new IllegalArgumentException(
                    "parameter " + name + " allows no value: its range is from " + minimum + " to " + maximum);
        }
        if (type == Type.BOOLEAN && (minimum != 0 || maximum != 1)) {
            throw new IllegalArgumentException("parameter " + name + " is a switch and has no range");
        }
        if (defaultValue != null && !isAllowed(type, minimum, maximum, defaultValue)) {
            throw new IllegalArgumentException("the default of parameter " + name + " is " + defaultValue
                    + " and must be " + allowedValues(type, minimum, maximum));
        }
    }

    /** Where a value applies. */
    public enum Scope {
        GLOBAL,
        PER_MODEL
    }

    /** What a value may be. */
    public enum Type {
        NUMBER,
        INTEGER,
        BOOLEAN
    }

    /** A required number for each model, of any size. */
    public static ParameterSpec perModel(String name) {
        return new ParameterSpec(
                name, Scope.PER_MODEL, Type.NUMBER, null, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, "");
    }

    /** A required number for the whole merge, of any size. */
    public static ParameterSpec global(String name) {
        return new ParameterSpec(
                name, Scope.GLOBAL, Type.NUMBER, null, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, "");
    }

    /** A switch for the whole merge. */
    public static ParameterSpec flag(String name, boolean defaultValue) {
        return new ParameterSpec(name, Scope.GLOBAL, Type.BOOLEAN, defaultValue ? 1.0 : 0.0, 0, 1, "");
    }

    /** This parameter with a default, which makes it optional. */
    public ParameterSpec withDefault(double value) {
        return new ParameterSpec(name, scope, type, value, minimum, maximum, description);
    }

    /** This parameter with its values limited to {@code [lowest, highest]}; see also {@link #ABOVE_ZERO}. */
    public ParameterSpec within(double lowest, double highest) {
        return new ParameterSpec(name, scope, type, defaultValue, lowest, highest, description);
    }

    /** This parameter restricted to whole numbers. */
    public ParameterSpec asInteger() {
        return new ParameterSpec(name, scope, Type.INTEGER, defaultValue, minimum, maximum, description);
    }

    /** This parameter with a line that says what it does. */
    public ParameterSpec describedAs(String line) {
        return new ParameterSpec(name, scope, type, defaultValue, minimum, maximum, line);
    }

    /** Whether a configuration must give a value. */
    public boolean isRequired() {
        return defaultValue == null;
    }

    /** Whether a configuration may give this value. */
    public boolean allows(double value) {
        return isAllowed(type, minimum, maximum, value);
    }

    private static boolean isAllowed(Type type, double minimum, double maximum, double value) {
        boolean whole = type == Type.NUMBER || value == Math.rint(value);
        return value >= minimum && value <= maximum && whole;
    }

    /** What values are taken, in words that follow "must be", such as {@code from 0 to 1}. */
    public String allowedValues() {
        return allowedValues(type, minimum, maximum);
    }

    private static String allowedValues(Type type, double minimum, double maximum) {
        if (type == Type.BOOLEAN) {
            return "true or false";
        }
        List<String> limits = new ArrayList<>();
        if (minimum == ABOVE_ZERO) {
            limits.add("above 0");
        } else if (minimum > -Double.MAX_VALUE) {
            limits.add("at least " + number(minimum));
        }
        if (maximum < Double.MAX_VALUE) {
            limits.add("at most " + number(maximum));
        }
        boolean isRange = limits.size() == 2 && minimum != ABOVE_ZERO;
        String range = isRange
                ? "from " + number(minimum) + " to " + number(maximum)
                : String.join(" and ", limits);
        if (range.isEmpty()) {
            return type == Type.INTEGER ? WHOLE : "any number";
        }
        return type == Type.INTEGER ? WHOLE + " " + range : range;
    }

    /** A value as a configuration writes it: {@code true}, {@code 3}, {@code 0.5} or {@code 1e-8}. */
    public String shown(double value) {
        if (type == Type.BOOLEAN && (value == 0 || value == 1)) {
            return Boolean.toString(value == 1);
        }
        return number(value);
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < LARGEST_IN_FULL
                ? Long.toString((long) value)
                : Double.toString(value).replace(".0E", "e").replace('E', 'e');
    }
}
