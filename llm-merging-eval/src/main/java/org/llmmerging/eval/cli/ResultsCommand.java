package org.llmmerging.eval.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.io.AtomicFiles;
import org.llmmerging.eval.results.MeasurementLog;
import org.llmmerging.eval.results.ResultsComparison;
import org.llmmerging.eval.results.ResultsEnvironment;
import org.llmmerging.eval.results.StarterSeeds;
import org.llmmerging.eval.results.TunedConfigs;
import org.llmmerging.eval.run.CodeDigest;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.eval.run.ScoringOptions;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.train.starter.StarterModels;
import org.llmmerging.plugin.PluginRegistry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code ./main starter results}: compares every merge method on the starter models and writes {@code docs/results.md}.
 */
@Command(
        name = "results",
        customSynopsis = "main starter results [OPTION]...",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Merge the starter models by every method, with numbers chosen on the validation rows, score the"
                + " merges on the test rows, and write the table.")
final class ResultsCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    @Mixin
    private final MessageOptions messageOptions = new MessageOptions();

    @Mixin
    private final RegistryOptions plugins = new RegistryOptions();

    @Mixin
    private final EvaluationSettings settings = new EvaluationSettings();

    @Mixin
    private final FamilyOption families = new FamilyOption();

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "3",
            converter = PositiveNumber.class,
            description = "Training seeds of the models: the first is that of the repository's models, the others are"
                    + " trained. Default: ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = "--no-train",
            description = "Leave out seeds whose models are not in the work folder, instead of training them.")
    private boolean untrained;

    @Option(
            names = "--no-tune",
            description = "Take the numbers that the configurations have. Without it they are chosen, and written there.")
    private boolean untuned;

    @Option(
            names = "--work_folder",
            paramLabel = "DIR",
            defaultValue = "output/results",
            description = "Where models and measurements are kept; a later run goes on from there. Default:"
                    + " ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private Path work;

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description = "The page whose generated part is replaced, when all is measured. Default: docs/results.md of"
                    + " the repository, which is for all families.")
    private @Nullable Path page;

    @Override
    public void run() {
        List<String> chosen = families.families(spec);
        if (page == null && chosen.size() < StarterModels.families().size()) {
            throw new ParameterException(
                    spec.commandLine(), "--family: docs/results.md compares all families, and would lose the others."
                            + " Name a page for these with --page");
        }
        ScoringOptions scoring = settings.options(false);
        Messages messages = messageOptions.messages();
        Installation installation = Installation.current();
        Path written = page == null ? installation.home().resolve("docs").resolve("results.md") : page;
        AtomicFiles.text(written); // hours before it is replaced
        TunedConfigs configs = new TunedConfigs(installation.configs());
        try (PluginRegistry registry = plugins.load(messages)) {
            ResultsEnvironment environment = new ResultsEnvironment(
                    registry, installation, work.resolve("merged"), MeasurementLog.open(work.resolve("measured.jsonl")),
                    scoring, sets(installation.validationSets()), CodeDigest.kit(), new ShownRun(messages),
                    new ShownRun(Messages.toStandardError(true)));
            ResultsComparison comparison = new ResultsComparison(
                    environment, StarterModels.tasks(), sets(installation.home().resolve("data").resolve("test")),
                    new StarterSeeds(installation.home(), work.resolve("seeds"), !untrained,
                            new ShownTraining(messages)),
                    seeds,
                    !untuned, (name, setting) -> messages.say("configuration: " + configs.write(name, setting)));
            chosen.forEach(comparison::add);
            // Only now: a run that is broken off leaves the page of the one before.
            AtomicFiles.write(written, comparison.page().into(AtomicFiles.text(written)));
            messages.say("page: " + written);
        }
    }

    private static List<Dataset> sets(Path folder) {
        return StarterModels.tasks().stream()
                .map(task -> Dataset.read(folder.resolve(task.dataset() + ".csv")))
                .toList();
    }
}
