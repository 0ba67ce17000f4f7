package org.llmmerging.eval.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Predictor;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.Evaluation;
import org.llmmerging.eval.task.EvaluationResult;
import org.llmmerging.eval.task.ResultFiles;
import org.llmmerging.eval.task.SummaryLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code eval MODEL_DIR}: scores any checkpoint. */
@Command(
        name = "eval",
        description = "Score a model folder on data sets.",
        mixinStandardHelpOptions = true)
final class EvalCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private final MessageOptions messageOptions = new MessageOptions();

    @Mixin
    private final DatasetOption datasets = new DatasetOption();

    @Parameters(paramLabel = "MODEL_DIR", description = "A model folder in Hugging Face layout.")
    @SuppressWarnings("NullAway.Init")
    private Path model;

    @Option(names = "--max_seq_len", paramLabel = "N", description = "Cut prompts to so many tokens. Default: no limit.")
    private @Nullable Integer maxSeqLen;

    @Option(
            names = "--max_gen_len",
            paramLabel = "N",
            description = "Most tokens to generate. Default: what the model's generation_config.json says.")
    private @Nullable Integer maxGenLen;

    @Option(
            names = "--output_folder",
            paramLabel = "DIR",
            defaultValue = "output",
            description = "Where scores and predictions are written, under the model folder's name. Default: "
                    + "${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private Path outputFolder;

    @Override
    public Integer call() {
        requirePositive("--max_seq_len", maxSeqLen);
        requirePositive("--max_gen_len", maxGenLen);
        Path folder = model.toAbsolutePath().normalize();
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(model, "is no folder. Give the folder of a model in Hugging Face layout");
        }
        List<Dataset> sets = datasets.read(Installation.current());
        EvaluationResult result;
        try (Predictor predictor =
                Predictors.open(folder, maxSeqLen, maxGenLen, messageOptions.messages())) {
            result = Evaluation.run(predictor, sets);
        }
        ResultFiles.write(outputFolder.resolve(folder.getFileName()), result);
        PrintWriter out = spec.commandLine().getOut();
        out.println(SummaryLine.of(result.scores()));
        out.flush();
        return 0;
    }

    private void requirePositive(String option, @Nullable Integer length) {
        if (length != null && length < 1) {
            throw new ParameterException(
                    spec.commandLine(), option + " is " + length + "; it must be a number of tokens from 1");
        }
    }
}
