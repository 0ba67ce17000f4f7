package org.llmmerging.eval.run;

import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.model.PredictorOptions;

/**
 * How models are asked and their answers are kept.
 *
 * @param given how models are opened; its lengths stand above those of a configuration
 * @param device where they run, as the user wrote it
 * @param skipBadRows whether rows that cannot be evaluated are left out, rather than ending the run
 * @param fresh whether every row is asked, and not only those that an interrupted run has not come to
 * @param saveEvery rows between two saves of the answers, or null for as many as suit the model's size
 */
public record ScoringOptions(
        PredictorOptions given,
        String device,
        boolean skipBadRows,
        boolean fresh,
        @Nullable Integer saveEvery) {

    /**
     * How a model is opened.
     *
     * @param sequenceLength what the configuration says of prompts, if anything
     * @param newTokens what it says of generated text, if anything
     */
    public PredictorOptions predictor(@Nullable Integer sequenceLength, @Nullable Integer newTokens) {
        Integer givenLength = given.maximumSequenceLength();
        Integer givenTokens = given.maximumNewTokens();
        return given.withLengths(
                givenLength == null ? sequenceLength : givenLength, givenTokens == null ? newTokens : givenTokens);
    }
}
