package org.llmmerging;

import java.nio.file.Path;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.config.KitConfig;
import java.util.List;

/** What the kit offers to a running {@link Merges}. Each default step of {@code Merges} is one call of it. */
public interface MergeContext {

    /** The configuration of this run, {@code configs/NAME.yaml} unless {@code --config} named another. */
    KitConfig config();

    /** Folder that the merged checkpoint is written to; it appears when the merge has succeeded. */
    Path checkpointFolder();

    /** Opens the base model, if the configuration names one, and every model it lists, adapters resolved. */
    LoadedModels openModels();

    /**
     * Merges with a method found by name, and writes the checkpoint.
     *
     * @param method name of a {@link MergeMethod}
     * @return the folder written
     */
    Path merge(LoadedModels models, String method);

    /** Opens a checkpoint for prediction. */
    Predictor openPredictor(Path checkpoint);

    /** Predicts and scores every data set of this run, and writes the prediction files. */
    Scores score(Predictor predictor);

    /**
     * The models of one run, open.
     *
     * @param folders where each listed model lies, in the configuration's order
     */
    record LoadedModels(List<Path> folders, List<Checkpoint> checkpoints) implements AutoCloseable {
        @Override
        public void close() {
            checkpoints.forEach(Checkpoint::close);
        }
    }
}
