package org.llmmerging.eval.report;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Example;
import org.llmmerging.eval.metric.Metrics;
import org.llmmerging.eval.task.Prediction;

/**
 * One model's answer to one row.
 *
 * @param text the generated text, or the index of the chosen answer
 * @param quality 1 or 0 for a right or wrong choice, ROUGE-L for a text, null where the target is withheld
 */
record Answer(String text, @Nullable Double quality) {
    private static final String TEXT_METRIC = "rougeL";

    static Answer of(Example example, Prediction prediction) {
        return new Answer(
                prediction.text(),
                Metrics.of(List.of(example), List.of(prediction.text()), false)
                        .get(example.isMultipleChoice() ? Metrics.ACCURACY : TEXT_METRIC));
    }

    /** Whether this is the right choice. */
    boolean isRight() {
        return quality != null && quality == 1;
    }
}
