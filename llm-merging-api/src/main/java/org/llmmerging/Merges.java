package org.llmmerging;

import java.nio.file.Path;

/**
 * One registered entry, such as {@code slerp_llama2}: what {@code ./main -m NAME} runs, in the steps plan, load, merge
 * and evaluate. A plugin overrides the steps that it does differently and keeps the others; each default is one call of
 * {@link MergeContext}.
 *
 * <p>A service: list the class in {@code META-INF/services/org.llmmerging.Merges}, with a public no-argument
 * constructor that does no work. A plugin that registers several entries lists one {@link MergesProvider} instead.
 *
 * <p>The steps of a run are called once each, in order, on one thread. Whatever a step throws ends the run: a
 * {@link MergingException} is reported as it is, anything but exhausted memory as a fault of the plugin.
 */
public interface Merges {

    /**
     * The name of this entry and what it stands for. Always the same, never null, and cheap: it is read at start-up.
     */
    MergesDescription description();

    /**
     * Says what {@link #load} and {@link #merge} would do, without reading the models' weights. A run begins with it,
     * so that all that is wrong is reported at once and before anything is merged; {@code ./main plan -m NAME} prints
     * it. An entry that overrides one of the two and not this is said to merge in its own way.
     *
     * @throws MergingException with everything that is wrong
     */
    default void plan(PlanContext context) {
        context.merge(description().method());
    }

    /**
     * Opens every model of the configuration.
     *
     * @return the models, which the kit closes when the run ends
     */
    default LoadedModels load(MergeContext context) {
        return context.openModels();
    }

    /**
     * Merges the models and writes the result under {@link MergeContext#checkpointFolder()}.
     *
     * @param models what {@link #load} returned
     * @return folder of the merged checkpoint, in Hugging Face layout; another than the context's is left as it is, and
     *     none may lie within it
     */
    default Path merge(MergeContext context, LoadedModels models) {
        return context.merge(description().method());
    }

    /**
     * Predicts and scores every data set of the run.
     *
     * @param checkpoint what {@link #merge} returned
     */
    default Scores evaluate(MergeContext context, Path checkpoint) {
        try (Predictor predictor = context.openPredictor(checkpoint)) {
            return context.score(predictor);
        }
    }
}
