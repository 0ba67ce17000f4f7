package org.llmmerging;

import java.util.List;

/**
 * A merged model that answers. A participant may wrap the one that the kit opens, to choose prompts for instance, and
 * hand the wrapper to {@link MergeContext#score}.
 */
public interface Predictor extends AutoCloseable {

    /**
     * Scores every choice of every example.
     *
     * @param examples multiple-choice examples
     * @return for each example the log-likelihood of each of its choices; the largest is the prediction
     */
    List<double[]> predictMultipleChoice(List<Example> examples);

    /**
     * Continues every prompt.
     *
     * @param examples generation examples
     * @return the generated text of each, special tokens removed
     */
    List<String> generate(List<Example> examples);

    @Override
    void close();
}
