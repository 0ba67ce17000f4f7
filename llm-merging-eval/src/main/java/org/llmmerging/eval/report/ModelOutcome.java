package org.llmmerging.eval.report;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Scores;
import org.llmmerging.eval.task.DatasetResult;

/**
 * What came of the evaluation of one model. Immutable.
 *
 * @param name what the model is called
 * @param scores its figures; none when it failed
 * @param datasets its answers, as far as they are known
 * @param failure why there are no figures, or null
 */
public record ModelOutcome(String name, Scores scores, List<DatasetResult> datasets, @Nullable String failure) {
    /** Copies the list. */
    public ModelOutcome {
        datasets = List.copyOf(datasets);
    }

    /** A model that was scored. */
    public static ModelOutcome scored(String name, Scores scores, List<DatasetResult> datasets) {
        return new ModelOutcome(name, scores, datasets, null);
    }

    /** A model that could not be scored. */
    public static ModelOutcome failed(String name, String message) {
        return new ModelOutcome(name, new Scores(Map.of()), List.of(), message);
    }
}
