package org.llmmerging.eval.task;

import java.util.List;
import org.llmmerging.Example;
import org.llmmerging.Predictor;

/** Gives the answers it was made with, whatever it is asked. */
class FixedPredictor implements Predictor {
    private final List<double[]> scores;
    private final List<String> texts;

    FixedPredictor(List<double[]> scores, List<String> texts) {
        this.scores = scores;
        this.texts = texts;
    }

    @Override
    public List<double[]> predictMultipleChoice(List<Example> examples) {
        return scores;
    }

    @Override
    public List<String> generate(List<Example> examples) {
        return texts;
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
