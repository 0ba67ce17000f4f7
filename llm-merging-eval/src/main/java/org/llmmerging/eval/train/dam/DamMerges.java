package org.llmmerging.eval.train.dam;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.llmmerging.LoadedModels;
import org.llmmerging.MergeContext;
import org.llmmerging.Merges;
import org.llmmerging.MergesDescription;
import org.llmmerging.PlanContext;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.eval.model.TorchEngine;
import org.llmmerging.eval.train.FloatTensorFile;
import org.llmmerging.eval.train.dam.data.DamDataListener;
import org.llmmerging.eval.train.dam.data.DamDataMaker;
import org.llmmerging.eval.train.dam.data.DamDataOptions;
import org.llmmerging.eval.train.dam.data.DamDataset;
import org.llmmerging.eval.train.dam.data.DamModelInput;
import org.llmmerging.eval.train.dam.data.StoredLogits;
import org.llmmerging.eval.train.dam.data.Vocabularies;
import org.llmmerging.merge.KitMerge;

/**
 * A name that merges with coefficients learned from the models' own training rows, {@code training_data} of its
 * configuration, by Differentiable Adaptive Merging (arXiv 2410.08371). The models are run for their logits while it
 * learns. The output has {@code coefficients.safetensors} and {@code training.html} beside the checkpoint.
 */
public final class DamMerges implements Merges {
    /** Holds the training rows as tokens while coefficients are learned. */
    private static final String ROWS = "rows";

    /** Before the names of parameters, in messages. */
    private static final String OF_CONFIG = "parameters.";

    private static final int TOLD_TIMES = 10;
    private static final String REMEDY = "Lower parameters.learning_rate, or the factor of the loss that grew";

    private final MergesDescription description;

    private DamMerges(MergesDescription description) {
        this.description = description;
    }

    /** The entry {@code dam_ARCHITECTURE}. */
    public static Merges forArchitecture(String architecture) {
        return new DamMerges(new MergesDescription("dam_" + architecture, DamFold.NAME, architecture));
    }

    @Override
    public MergesDescription description() {
        return description;
    }

    @Override
    public void plan(PlanContext context) {
        KitConfig kit = context.config();
        for (String file : kit.trainingData()) {
            if (context.find(file).isEmpty()) {
                context.problems().addApart(kit.positions().of("training_data"), "there is no file " + file
                        + ", neither seen from the working folder nor from the repository. Correct the path");
            }
        }
        KitTraining training = new KitTraining(kit);
        training.checkLosses(context.problems());
        training.checkData(context.problems());
        context.note("learns: the models are run on the rows of training_data to learn the coefficients, which takes"
                + " most of the time and memory; planned is the merge that follows");
        context.merge(DamFold.planned());
        if (context.problems().isEmpty()) {
            checkVocabularies(kit, context.openModels());
            training.settings().withoutEffect(OF_CONFIG).forEach(context::note);
        }
    }

    /** What is wrong with files of models is reported where the configuration names them. */
    private static void checkVocabularies(KitConfig kit, LoadedModels models) {
        SourceModel base = models.base();
        if (base == null) {
            return;
        }
        Problems problems = new Problems();
        collect(kit.positions().of("base_model_name"), problems, () -> {
            Vocabularies vocabularies = Vocabularies.of(base);
            collect(kit.positions().of("base_model_name"), problems, vocabularies::checkBase);
            for (int i = 0; i < models.models().size(); i++) {
                SourceModel model = models.models().get(i);
                collect(kit.positions().of(kit.listModels().get(i)), problems, () -> vocabularies.check(model));
            }
        });
        if (!problems.isEmpty()) {
            throw CheckpointException.ofSeveral(problems.lines(), null);
        }
    }

    private static void collect(Position position, Problems problems, Runnable check) {
        try {
            check.run();
        } catch (CheckpointException problem) {
            problems.addApart(position, String.valueOf(problem.getMessage()));
        }
    }

    @Override
    public Path merge(MergeContext context, LoadedModels models) {
        KitConfig kit = context.config();
        KitTraining training = new KitTraining(kit);
        training.check();
        ModelReference baseName = kit.baseModel();
        SourceModel base = models.base();
        if (base == null || baseName == null) {
            throw new ConfigException(kit.file() + ": dam needs base_model_name, the model that the others are"
                    + " fine-tunes of. Add it");
        }
        DamMerge merge = DamMerge.initial(
                baseName, base, KitMerge.models(kit), models.models(), training.coefficients());
        Coefficients learned = learn(context, training, merge, base, models.models());
        FloatTensorFile.write(
                context.checkpointFolder().resolve(DamFolder.COEFFICIENTS), learned.values(), learned.models());
        return context.merge(DamFold.of(merge.with(learned)));
    }

    private static Coefficients learn(
            MergeContext context,
            KitTraining training,
            DamMerge merge,
            SourceModel base,
            List<SourceModel> models) {
        Device device = TorchEngine.device(context.settings().device());
        // Where the output is made: it goes with it when the run is broken off.
        Path rows = context.checkpointFolder().resolve(ROWS);
        makeRows(context, training, base, models, device, rows);
        try (DamDataset dataset = DamDataset.open(rows);
                DamTrainer trainer = DamTrainer.open(
                        merge, base, models, TrainingData.live(dataset.rows()), training.settings(), device)) {
            trainer.notes(OF_CONFIG).forEach(context::note);
            List<Map<String, Object>> history = new ArrayList<>();
            while (!trainer.isDone()) {
                TrainingStep step = trainer.takeStep(REMEDY);
                history.add(TrainingLog.line(step));
                tell(context, step);
            }
            Coefficients learned = trainer.coefficients();
            TrainingLog.writePage(
                    context.checkpointFolder().resolve("training.html"), history, merge.with(learned));
            return learned;
        } finally {
            delete(rows);
        }
    }

    private static void makeRows(
            MergeContext context,
            KitTraining training,
            SourceModel base,
            List<SourceModel> models,
            Device device,
            Path folder) {
        KitConfig kit = context.config();
        DamDataOptions options = new DamDataOptions(
                base.label(), training.examples(), OF_CONFIG + DamParameter.EXAMPLES.key(), training.maxLength(),
                StoredLogits.NONE, 0, kit.seed(), context.settings().skipBadRows(), false, device);
        List<DamModelInput> inputs = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            String file = kit.trainingData().get(i);
            SourceModel model = models.get(i);
            inputs.add(new DamModelInput(
                    model.label(), false, model, file, DamModelInput.filesOf(context.locate(file))));
        }
        new DamDataMaker(options, DamDataListener.of(context)).make(base, inputs, folder, List.of());
    }

    private static void tell(MergeContext context, TrainingStep step) {
        long interval = Math.max(1, step.steps() / TOLD_TIMES);
        if (step.step() == 1 || step.step() == step.steps() || step.step() % interval == 0) {
            context.say(String.format(
                    Locale.ROOT, "train: step %d of %d, loss %.4f", step.step(), step.steps(), step.loss()));
        }
    }

    private static void delete(Path folder) {
        try {
            FolderTree.delete(folder);
        } catch (IOException e) {
            throw OutputException.of(folder, e, 0);
        }
    }
}
