package org.llmmerging.eval.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.llmmerging.Predictor;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.eval.report.ModelOutcome;
import org.llmmerging.eval.run.CodeDigest;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.eval.run.ModelScoring;
import org.llmmerging.eval.run.ScoringOptions;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.EvaluationResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code eval MODEL_DIR…}: scores any checkpoints. */
@Command(
        name = "eval",
        customSynopsis = "main eval MODEL_DIR... [OPTION]...",
        description = "Score model folders on data sets; several of them are compared in a report.",
        mixinStandardHelpOptions = true)
final class EvalCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private final MessageOptions messageOptions = new MessageOptions();

    @Mixin
    private final DatasetOption datasets = new DatasetOption();

    @Mixin
    private final EvaluationSettings settings = new EvaluationSettings();

    @Parameters(arity = "0..*", paramLabel = "MODEL_DIR", description = "Model folders in Hugging Face layout.")
    private List<Path> models = new ArrayList<>();

    @Mixin
    private final OutputFolderOption output = new OutputFolderOption("output");

    @Option(names = "--report", description = "Write the report of a single model, too.")
    private boolean report;

    @Override
    public Integer call() {
        if (models.isEmpty()) {
            throw new ParameterException(spec.commandLine(),
                    "give a MODEL_DIR, before --dataset_filepaths, which takes every name behind it");
        }
        ScoringOptions scoring = settings.options(datasets.skipsBadRows());
        Map<String, Path> named = ModelNames
                .of(models.stream().map(model -> model.toAbsolutePath().normalize()).toList());
        List<Dataset> sets = datasets.read(Installation.current());
        Messages messages = messageOptions.messages();
        List<ScoredModels.Model> scored = new ArrayList<>();
        named.forEach((name, folder) -> scored.add(new ScoredModels.Model(
                name, "model: " + folder,
                () -> evaluate(name, folder, sets, new ModelScoring(scoring, new ShownRun(messages))))));
        return new ScoredModels(spec.commandLine().getOut(), messages, messageOptions.verbose())
                .run(scored, output.folder(), report);
    }

    private ModelOutcome evaluate(String name, Path folder, List<Dataset> sets, ModelScoring scoring) {
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(folder, "is no folder. Give the folder of a model in Hugging Face layout");
        }
        try (Predictor predictor = scoring.open(folder, null, null)) {
            EvaluationResult result = scoring.score(
                    predictor, sets, output.folder().resolve(name), CodeDigest.kit());
            return ModelOutcome.scored(name, result.scores(), result.datasets());
        }
    }
}
