package org.llmmerging.eval.tokenizer.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names that a part of a template sees; a loop's body sets names of its own. */
final class Scope {
    private static final int MOST_STEPS = 2_000_000;

    private final @Nullable Scope outer;
    private final Map<String, Object> values = new HashMap<>();
    private final int[] steps;

    Scope(Map<String, Object> values) {
        this.outer = null;
        this.steps = new int[1];
        this.values.putAll(values);
    }

    private Scope(Scope outer) {
        this.outer = outer;
        this.steps = outer.steps;
    }

    Scope inner() {
        return new Scope(this);
    }

    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Object value = scope.values.get(name);
            if (value != null) {
                return value;
            }
        }
        return Constant.UNDEFINED;
    }

    void set(String name, Object value) {
        values.put(name, value);
    }

    /** Counts a step; a template that goes on for too long is stopped. */
    void step() {
        if (++steps[0] > MOST_STEPS) {
            throw new JinjaException("goes on for more than " + MOST_STEPS + " steps");
        }
    }
}
