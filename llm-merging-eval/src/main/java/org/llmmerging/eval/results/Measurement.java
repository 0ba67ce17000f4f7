package org.llmmerging.eval.results;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one model scored.
 *
 * @param family name of the starter models' folder, such as {@code flan-t5}
 * @param seed the training seed of those models
 * @param model {@code base}, a specialist's folder, or the merge method's name before the architecture
 * @param tasks data set → its main metric, from 0 to 1
 * @param seconds that the merge took, from opening the models to the last file; 0 where nothing is merged
 */
public record Measurement(String family, long seed, String model, Map<String, Double> tasks, double seconds) {
    /** Copies the map. */
    public Measurement {
        tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
    }

    /** The mean over the tasks. */
    public double mean() {
        return tasks.values().stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }
}
