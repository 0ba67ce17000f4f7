package org.llmmerging.eval.report;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Example;

/**
 * One row of a data set and what each model answered.
 *
 * @param answers one for each model, in the order of the models; null where a model has none
 */
record ComparedRow(Example example, String place, List<@Nullable Answer> answers) {

    /** Whether two models answered differently. */
    boolean differs() {
        return answers.stream()
                .flatMap(answer -> answer == null ? Stream.<String>empty() : Stream.of(answer.text()))
                .distinct()
                .count() > 1;
    }

    /** Number of models that answered. */
    int answered() {
        return (int) answers.stream().filter(Objects::nonNull).count();
    }

    /** Number of models that chose right. */
    int right() {
        return (int) answers.stream().filter(answer -> answer != null && answer.isRight()).count();
    }
}
