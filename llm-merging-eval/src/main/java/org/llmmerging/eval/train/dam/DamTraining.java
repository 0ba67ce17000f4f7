package org.llmmerging.eval.train.dam;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.Reporter;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.Sha256;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.StagedFolder;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.FileProblem;
import org.llmmerging.eval.task.DatasetException;
import org.llmmerging.eval.train.TrainingException;
import org.llmmerging.eval.train.dam.data.DamDataset;
import org.llmmerging.eval.train.dam.data.StoredLogits;
import org.llmmerging.merge.MergeListener;
import org.llmmerging.merge.ModelStore;

/**
 * A training with its files: the untrained merge and the data set it reads, the checkpoints and the log it keeps beside
 * its output, and the checkpoint that it folds at the end.
 */
public final class DamTraining {
    /** Checkpoints and log of {@code OUTPUT} are kept in {@code OUTPUT-training}. */
    private static final String KEPT_IN = "-training";

    /** What a user can do about a loss that is no number; checkpoints of other settings are not gone on from. */
    private static final String REMEDY = "Lower --learning_rate, or the factor of the loss that grew, and start afresh"
            + " with --overwrite_output_dir. Checkpoints so far are kept until then";

    private DamTraining() {}

    /**
     * What is asked for.
     *
     * @param merge folder that {@code dam merge} wrote
     * @param dataset folder that {@code dam data} wrote
     * @param output where the folded checkpoint goes
     * @param logits where the logits to learn from come from
     * @param checkpointEvery steps between checkpoints
     * @param earlier what becomes of an earlier training with the same output
     */
    public record Request(
            Path merge,
            Path dataset,
            Path output,
            TrainingSettings settings,
            Logits logits,
            long checkpointEvery,
            Earlier earlier,
            Device device) {}

    /** Where the logits to learn from come from. */
    public enum Logits {
        /** The models are run for them, which gives those of the whole vocabulary. */
        LIVE,
        /** They are those that the data set keeps. */
        STORED,
        /** They are those that the data set keeps, which must be those of the whole vocabulary. */
        STORED_IN_FULL
    }

    /** What becomes of the checkpoints of an earlier training with the same output. */
    public enum Earlier {
        /** They are an error. */
        REFUSE,
        /** Training goes on from the last. */
        RESUME,
        /** They are deleted. */
        OVERWRITE
    }

    /**
     * Trains and writes the result.
     *
     * @param store opens the models
     * @param listener notified of each step
     * @param merging notified of the checkpoint that is folded at the end, and of what the user should know
     * @return the output folder
     * @throws TrainingException when a loss is no longer finite
     * @throws ConfigException when a checkpoint is of another configuration
     * @throws DatasetException when the data set is not of these models
     */
    public static Path run(
            Request request,
            ModelStore store,
            TrainingListener listener,
            MergeListener merging) {
        DamMerge merge = DamFolder.read(request.merge(), store, request.device());
        try (DamDataset dataset = DamDataset.open(request.dataset())) {
            SourceModel base = store.open(merge.base());
            List<SourceModel> models = merge.models().stream().map(store::open).toList();
            new DatasetMatch(base, models, DamFolder.fingerprints(request.merge())).check(dataset, merging::note);
            TrainingData data = data(request, dataset);
            Path kept = beside(request.output());
            Map<String, Object> configuration = configuration(request, dataset);
            TrainingCheckpoints checkpoints = new TrainingCheckpoints(kept, configuration);
            if (checkpoints.exist() && request.earlier() == Earlier.REFUSE) {
                throw new ConfigException(kept + ": holds the checkpoints of an earlier training. Go on from the"
                        + " last with --resume, or start afresh with --overwrite_output_dir");
            }
            DamOutput output = new DamOutput(
                    merge, store, request.merge().resolve(DamFolder.DESCRIPTION), request.settings().seed(), merging);
            try (StagedFolder staged = StagedFolder.create(request.output(), inputs(request, store));
                    DamTrainer trainer = DamTrainer.open(merge, base, models, data, request.settings(),
                            request.device())) {
                staged.write(output::check);
                trainer.notes("--").forEach(merging::note);
                if (request.earlier() == Earlier.RESUME) {
                    trainer.restore(checkpoints.last(merge.coefficients()));
                    merging.say("resumed after step " + trainer.step() + " of " + trainer.steps());
                }
                long begin = trainer.step();
                checkpoints.checkFree(step -> step > begin && isSaved(request, trainer, step));
                if (request.earlier() != Earlier.RESUME) {
                    checkpoints.clear();
                }
                train(request, merge, trainer, checkpoints, kept, listener, merging);
                staged.write(to -> output.write(trainer.coefficients(), configuration, to));
                return staged.commit(merging::note);
            }
        }
    }

    /** Beside the folder that a name such as {@code .} means, and never within it: it would be in the output's way. */
    private static Path beside(Path output) {
        Path named = output.toAbsolutePath().normalize();
        return named.resolveSibling(named.getFileName() + KEPT_IN);
    }

    private static void train(
            Request request,
            DamMerge merge,
            DamTrainer trainer,
            TrainingCheckpoints checkpoints,
            Path kept,
            TrainingListener listener,
            Reporter reporter) {
        try (TrainingLog log = TrainingLog.open(kept, trainer.step(), reporter::note)) {
            while (!trainer.isDone()) {
                TrainingStep step = trainer.takeStep(REMEDY);
                log.add(step);
                listener.stepped(step);
                if (isSaved(request, trainer, step.step())) {
                    checkpoints.save(trainer.state(), reporter::note);
                    log.writePage(merge, trainer.coefficients());
                }
            }
            log.writePage(merge, trainer.coefficients());
        }
    }

    /** Whether there is such a step, and a checkpoint is kept after it. */
    private static boolean isSaved(Request request, DamTrainer trainer, long step) {
        return step == trainer.steps() || step < trainer.steps() && step % request.checkpointEvery() == 0;
    }

    private static TrainingData data(Request request, DamDataset dataset) {
        if (request.logits() == Logits.LIVE) {
            return TrainingData.live(dataset.rows());
        }
        StoredLogits stored = dataset.info().logits();
        if (stored == StoredLogits.NONE) {
            throw new ConfigException(dataset.folder() + ": the data set keeps no logits. Add --generate_logits_on_fly"
                    + " true, or make it with --add_top_k_logits true or --compute_logits");
        }
        if (request.logits() == Logits.STORED_IN_FULL && stored != StoredLogits.FULL) {
            throw new ConfigException(dataset.folder() + ": --use_all_logits true, and the data set keeps the largest "
                    + dataset.info().k()
                    + " only. Make it with --compute_logits, or add --generate_logits_on_fly true");
        }
        return TrainingData.stored(dataset);
    }

    private static List<Path> inputs(Request request, ModelStore store) {
        List<Path> inputs = new ArrayList<>(store.folders());
        inputs.add(request.merge());
        inputs.add(request.dataset());
        return inputs;
    }

    /** All that decides what the coefficients become. */
    private static Map<String, Object> configuration(Request request, DamDataset dataset) {
        Map<String, Object> configuration = new LinkedHashMap<>(request.settings().byName());
        configuration.put("generate_logits_on_fly", request.logits() == Logits.LIVE);
        configuration.put("device", request.device().getDeviceType());
        configuration.put("merge_model_dir", digest(DamFolder.files(request.merge())));
        configuration.put("dataset_id", digest(dataset.files()));
        return configuration;
    }

    private static String digest(List<Path> files) {
        StringBuilder all = new StringBuilder();
        for (Path file : files) {
            try {
                all.append(Sha256.hex(file));
            } catch (IOException e) {
                throw new CheckpointException(file, "cannot be read (" + FileProblem.of(e) + ")", e);
            }
        }
        return Sha256.hex(all.toString());
    }
}
