package org.llmmerging.method;

import java.util.HashMap;
import java.util.Map;
import org.llmmerging.MergeMethod;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;

/** Parameters written down in a test; what is not written has the method's default. */
final class Values implements Parameters {
    private final Map<String, ParameterSpec> specs = new HashMap<>();
    private final Map<String, double[]> values = new HashMap<>();
    private long seed = 1;

    private Values(MergeMethod method) {
        method.parameters().forEach(spec -> specs.put(spec.name(), spec));
    }

    static Values of(MergeMethod method) {
        return new Values(method);
    }

    /** One value for a global parameter; for one per model, a value each or one for all. */
    Values with(String name, double... value) {
        spec(name);
        values.put(name, value);
        return this;
    }

    Values seed(long newSeed) {
        seed = newSeed;
        return this;
    }

    @Override
    public double number(String name) {
        if (spec(name).scope() != ParameterSpec.Scope.GLOBAL) {
            throw new IllegalArgumentException(name + " is given for each model");
        }
        return value(name, 0);
    }

    @Override
    public double number(String name, int model) {
        if (spec(name).scope() != ParameterSpec.Scope.PER_MODEL) {
            throw new IllegalArgumentException(name + " is global");
        }
        return value(name, model);
    }

    @Override
    public long seed() {
        return seed;
    }

    private double value(String name, int index) {
        double[] given = values.get(name);
        if (given != null) {
            return given[given.length == 1 ? 0 : index];
        }
        Double fallback = spec(name).defaultValue();
        if (fallback == null) {
            throw new IllegalArgumentException(name + " is required");
        }
        return fallback;
    }

    private ParameterSpec spec(String name) {
        ParameterSpec spec = specs.get(name);
        if (spec == null) {
            throw new IllegalArgumentException("no parameter " + name);
        }
        return spec;
    }
}
