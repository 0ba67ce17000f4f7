package org.llmmerging.eval.task;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.eval.metric.Metrics;

/**
 * A model's answers to one set and the figures they give. Immutable.
 *
 * @param predictions one for each row, in the order of the rows
 * @param metrics metric → unrounded value, see {@link Metrics}
 */
public record DatasetResult(Dataset dataset, List<Prediction> predictions, Map<String, Double> metrics) {
    public DatasetResult {
        predictions = List.copyOf(predictions);
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /**
     * Scores predictions.
     *
     * @param predictions one for each row, in the order of the rows
     * @param useStemmer whether ROUGE compares word stems
     */
    public static DatasetResult score(Dataset dataset, List<Prediction> predictions, boolean useStemmer) {
        List<String> texts = predictions.stream().map(Prediction::text).toList();
        return new DatasetResult(dataset, predictions, Metrics.of(dataset.examples(), texts, useStemmer));
    }
}
