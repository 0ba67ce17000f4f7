package org.llmmerging.eval.task;

import java.util.Arrays;
import java.util.List;

/**
 * What a model answers to one row. Immutable.
 *
 * @param id the row's id
 * @param text the generated text, or the index of the chosen answer
 * @param choiceScores log-likelihood of each answer; empty for generation, and where only the choice is known
 */
public record Prediction(String id, String text, List<Double> choiceScores) {
    public Prediction {
        choiceScores = List.copyOf(choiceScores);
    }

    /** A generated text, or a choice whose scores are not known. */
    public static Prediction ofText(String id, String text) {
        return new Prediction(id, text, List.of());
    }

    /**
     * The answer with the largest score, the first of them where several are largest.
     *
     * @param scores one for each answer, at least one, all of them numbers
     */
    public static Prediction ofScores(String id, double[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return new Prediction(
                id, Integer.toString(best), Arrays.stream(scores).boxed().toList());
    }
}
