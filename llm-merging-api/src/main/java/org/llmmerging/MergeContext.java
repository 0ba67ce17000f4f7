package org.llmmerging;

import java.nio.file.Path;
import java.util.List;
import org.llmmerging.config.KitConfig;

/**
 * What the kit offers to a running {@link Merges}. Each default step of {@code Merges} is one call of it. To be used by
 * the steps alone, on the thread that they are called on.
 */
public interface MergeContext extends Reporter {

    /** The configuration of this run, {@code configs/NAME.yaml} unless {@code --config} named another. */
    KitConfig config();

    /**
     * What the user asks of this run besides; a {@link Merges} that runs models or reads rows of its own goes by it.
     */
    RunSettings settings();

    /**
     * An empty folder that the merged checkpoint is written to. The kit moves it to where the user wants it when the
     * merge step has returned it, and deletes it when the step fails.
     */
    Path checkpointFolder();

    /**
     * Opens the base model, if the configuration names one, and every model it lists.
     *
     * @throws MergingException when one cannot be found or read
     */
    LoadedModels openModels();

    /**
     * Merges the configuration's models with a method found by name, and writes the checkpoint with config.json and
     * tokenizer into {@link #checkpointFolder()}, which must hold none yet.
     *
     * @param method name of a {@link MergeMethod}, which {@code merge_method} must agree with where it is given
     * @return the folder written
     * @throws MergingException when the models and parameters are not what the method takes, or the merge fails
     */
    Path merge(String method);

    /**
     * As {@link #merge(String)}, with another configuration than the run's: for a {@link Merges} that finds out models
     * or coefficients by itself.
     *
     * @param config the models and parameters to merge, such as {@link KitConfig#withModels}
     * @param notes what the model card should say of how they were found, a sentence each
     */
    Path merge(String method, KitConfig config, List<String> notes);

    /**
     * Tries a configuration: merges it into a temporary folder, predicts and scores the validation sets of this run,
     * and deletes what it merged. Nothing is written where the user sees it.
     *
     * @param method name of a {@link MergeMethod}
     * @param config the models and parameters to try
     * @throws MergingException as {@link #merge(String)} and {@link #score} do
     */
    Scores validate(String method, KitConfig config);

    /**
     * Merges as {@link #merge(String)} does, with a method that need not be registered.
     *
     * @param method in place of the one that the name stands for, which it must be called after
     */
    Path merge(MergeMethod method);

    /**
     * Finds a file or folder that the configuration names: seen from the working folder, then from the repository.
     *
     * @throws MergingException when there is none
     */
    Path locate(String path);

    /**
     * Opens a checkpoint for prediction with the configuration's lengths. The caller closes it.
     *
     * @throws MergingException when it is no model that the kit can run
     */
    Predictor openPredictor(Path checkpoint);

    /**
     * Predicts and scores every data set of this run, and writes scores and predictions beside the checkpoint.
     *
     * @param predictor the model, or a wrapper of it; left open
     */
    Scores score(Predictor predictor);
}
