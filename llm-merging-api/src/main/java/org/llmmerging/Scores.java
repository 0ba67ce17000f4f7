package org.llmmerging;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The figures of one evaluation: data set → metric → value, both in the order they were computed.
 *
 * @param byDataset unrounded values
 */
public record Scores(Map<String, Map<String, Double>> byDataset) {
    public Scores {
        Map<String, Map<String, Double>> copy = new LinkedHashMap<>();
        byDataset.forEach(
                (dataset, metrics) -> copy.put(dataset, Collections.unmodifiableMap(new LinkedHashMap<>(metrics))));
        byDataset = Collections.unmodifiableMap(copy);
    }
}
