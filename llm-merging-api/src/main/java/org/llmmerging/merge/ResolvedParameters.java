package org.llmmerging.merge;

import java.util.Map;
import org.llmmerging.Parameters;

/** The values for one tensor, all of them decided. */
record ResolvedParameters(Map<String, Double> global, Map<String, double[]> perModel, long seed)
        implements
            Parameters {

    @Override
    public double number(String name) {
        Double value = global.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the method declares no global parameter " + name);
        }
        return value;
    }

    @Override
    public double number(String name, int model) {
        double[] values = perModel.get(name);
        if (values == null) {
            throw new IllegalArgumentException("the method declares no parameter " + name + " for each model");
        }
        return values[model];
    }
}
