package org.llmmerging.eval.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.Scores;

/**
 * What one run over several sets gave. Immutable.
 *
 * @param datasets the sets in the order they were given
 */
public record EvaluationResult(List<DatasetResult> datasets) {
    public EvaluationResult {
        datasets = List.copyOf(datasets);
    }

    /** The figures alone, under the names of the sets. */
    public Scores scores() {
        Map<String, Map<String, Double>> scores = new LinkedHashMap<>();
        datasets.forEach(result -> scores.put(result.dataset().name(), result.metrics()));
        return new Scores(scores);
    }
}
