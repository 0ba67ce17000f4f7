package org.llmmerging;

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
 */
public record ParameterSpec(
        String name, Scope scope, Type type, @Nullable Double defaultValue, double minimum, double maximum) {

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
                name, Scope.PER_MODEL, Type.NUMBER, null, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    /** A required number for the whole merge, of any size. */
    public static ParameterSpec global(String name) {
        return new ParameterSpec(
                name, Scope.GLOBAL, Type.NUMBER, null, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    /** A switch for the whole merge. */
    public static ParameterSpec flag(String name, boolean defaultValue) {
        return new ParameterSpec(name, Scope.GLOBAL, Type.BOOLEAN, defaultValue ? 1.0 : 0.0, 0, 1);
    }

    /** This parameter with a default, which makes it optional. */
    public ParameterSpec withDefault(double value) {
        return new ParameterSpec(name, scope, type, value, minimum, maximum);
    }

    /** This parameter with its values limited to {@code [lowest, highest]}. */
    public ParameterSpec within(double lowest, double highest) {
        return new ParameterSpec(name, scope, type, defaultValue, lowest, highest);
    }

    /** This parameter restricted to whole numbers. */
    public ParameterSpec asInteger() {
        return new ParameterSpec(name, scope, Type.INTEGER, defaultValue, minimum, maximum);
    }

    /** Whether a configuration must give a value. */
    public boolean isRequired() {
        return defaultValue == null;
    }
}
