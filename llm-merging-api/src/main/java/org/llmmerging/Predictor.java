package org.llmmerging;

import java.util.List;
import java.util.Map;

/**
 * A merged model that answers. A participant may wrap the one that the kit opens, to choose prompts for instance, and
 * hand the wrapper to {@link MergeContext#score}. It is asked on one thread, and the lists that it is given cannot be
 * changed.
 */
public interface Predictor extends AutoCloseable {

    /**
     * Says which examples this model cannot be asked, before it is asked any: a prompt that is too long, for instance.
     * A wrapper passes the call on, or leaves it at the default when it changes the prompts.
     *
     * @param examples multiple-choice and generation examples
     * @return id of each such example → what is wrong and the remedy; empty when all can be asked
     */
    default Map<String, String> unanswerable(List<Example> examples) {
        return Map.of();
    }

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
