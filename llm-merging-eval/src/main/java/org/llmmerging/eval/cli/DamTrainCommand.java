package org.llmmerging.eval.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.llmmerging.config.KitConfig;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.eval.train.LearningRate;
import org.llmmerging.eval.train.dam.DamParameter;
import org.llmmerging.eval.train.dam.DamTraining;
import org.llmmerging.eval.train.dam.TrainingSettings;
import org.llmmerging.merge.ModelStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dam train}: learns the coefficients of a merge and folds them into a checkpoint. */
@Command(
        name = "train",
        customSynopsis = {
            "main dam train --merge_model_dir=D --dataset_id=D --output_dir=DIR",
            "                      [OPTION]..."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Learn the coefficients of a merge, and write the merged checkpoint.")
final class DamTrainCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private final MessageOptions messageOptions = new MessageOptions();

    @Option(
            names = "--merge_model_dir",
            required = true,
            paramLabel = "D",
            description = "The folder that dam merge wrote.")
    @SuppressWarnings("NullAway.Init")
    private Path merge;

    @Option(
            names = "--dataset_id",
            required = true,
            paramLabel = "D",
            description = "The folder that dam data wrote.")
    @SuppressWarnings("NullAway.Init")
    private Path dataset;

    @Option(
            names = "--output_dir",
            required = true,
            paramLabel = "DIR",
            description = "Where the merged checkpoint goes; DIR-training holds checkpoints and metrics.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Option(
            names = "--lr_scheduler_type",
            paramLabel = "S",
            converter = LowerCaseConstant.Schedule.class,
            description = "constant, linear or cosine. Default: linear.")
    private LearningRate.Schedule schedule = LearningRate.Schedule.LINEAR;

    @Mixin
    private final DamParameterOptions training = new DamParameterOptions(DamParameter.Use.TRAINING);

    @Mixin
    private final SeedOption seed = new SeedOption(KitConfig.DEFAULT_SEED);

    @Option(
            names = "--generate_logits_on_fly",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Run the models for their logits instead of reading those of the data set.")
    private boolean live;

    @Option(
            names = "--use_all_logits",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Insist on logits of the whole vocabulary.")
    private boolean allLogits;

    @Option(
            names = "--report_all_metrics",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Compute losses that are switched off, too, for the metrics.")
    private boolean reportAll;

    @Option(
            names = "--save_steps",
            paramLabel = "N",
            converter = PositiveNumber.class,
            description = "Steps between checkpoints. Default: 100.")
    private int saveSteps = 100;

    @Option(names = "--resume", description = "Go on from the last checkpoint, to the same bits.")
    private boolean resume;

    @Option(names = "--overwrite_output_dir", description = "Delete the checkpoints of an earlier training.")
    private boolean overwrite;

    @Mixin
    private final DeviceOption device = new DeviceOption();

    @Override
    public Integer call() {
        TrainingSettings settings = TrainingSettings.of(seed.seed(), training)
                .withSchedule(schedule)
                .withReportAll(reportAll);
        settings.checkLosses();
        DamTraining.Request request = new DamTraining.Request(
                merge, dataset, output, settings, logits(), saveSteps, earlier(), device.device());
        Messages messages = messageOptions.messages();
        try (ModelStore store = new ModelStore(Installation.current().modelLocator())) {
            ShownDamTraining shown = new ShownDamTraining(messages);
            Path written = DamTraining.run(request, store, shown, new ShownMerge(messages));
            spec.commandLine().getOut().println(written);
        }
        return 0;
    }

    private DamTraining.Logits logits() {
        if (live) {
            return DamTraining.Logits.LIVE;
        }
        return allLogits ? DamTraining.Logits.STORED_IN_FULL : DamTraining.Logits.STORED;
    }

    private DamTraining.Earlier earlier() {
        if (resume && overwrite) {
            throw new ParameterException(spec.commandLine(),
                    "--resume goes on from the last checkpoint, and --overwrite_output_dir deletes"
                            + " all of them. Give one of the two");
        }
        if (resume) {
            return DamTraining.Earlier.RESUME;
        }
        return overwrite ? DamTraining.Earlier.OVERWRITE : DamTraining.Earlier.REFUSE;
    }
}
