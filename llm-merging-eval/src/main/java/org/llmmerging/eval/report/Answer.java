package org.llmmerging.eval.report;

import org.jspecify.annotations.Nullable;
import org.llmmerging.Example;
import org.llmmerging.eval.metric.Rouge;
import org.llmmerging.eval.task.Prediction;

/**
 * One model's answer to one row.
 *
 * @param text the generated text, or the index of the chosen answer
 * @param quality 1 or 0 for a right or wrong choice, ROUGE-L for a text, null where the target is withheld
 */
record Answer(String text, @Nullable Double quality) {
    private static final Rouge ROUGE = new Rouge(false);

    static Answer of(Example example, Prediction prediction) {
        return new Answer(prediction.text(), quality(example, prediction.text()));
    }

    private static @Nullable Double quality(Example example, String text) {
        String target = example.target();
        if (target == null) {
            return null;
        }
        return example.isMultipleChoice() ? target.equals(text) ? 1.0 : 0.0 : ROUGE.scoreL(text, target).f1();
    }

    /** Whether this is the right choice. */
    boolean isRight() {
        return quality != null && quality == 1;
    }
}
