package org.llmmerging.eval.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.KitDocument;
import org.llmmerging.eval.report.ModelOutcome;
import org.llmmerging.eval.run.CodeDigest;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.eval.run.KitRun;
import org.llmmerging.eval.run.ModelScoring;
import org.llmmerging.eval.run.NamedPlan;
import org.llmmerging.eval.run.RunListener;
import org.llmmerging.eval.run.ScoringOptions;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.EvaluationResult;
import org.llmmerging.merge.MergeOptions;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.plugin.PluginRegistry;
import org.llmmerging.plugin.RegisteredMerges;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code -m NAME}: loads, merges and evaluates what is registered under a name, or under each of several. */
@Command(
        name = "main",
        customSynopsis = {
            "main -m NAME [-m NAME]... [OPTION]...",
            "       main --all [OPTION]...",
            "       main COMMAND [ARGUMENT]..."
        },
        description = "Merge large language models and score the result.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RunCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private final MessageOptions messageOptions = new MessageOptions();

    @Mixin
    private final RegistryOptions plugins = new RegistryOptions();

    @Mixin
    private final ConfigFolderOption configs = new ConfigFolderOption();

    @Mixin
    private final DatasetOption datasets = new DatasetOption();

    @Mixin
    private final ValidationOption validation = new ValidationOption();

    @Option(
            names = {"-m", "--merging_method"},
            paramLabel = "NAME",
            description = "The registered name to run, such as slerp_llama2; main list prints all. Several, -m A -m B,"
                    + " are compared in a report.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--all", description = "Run every registered name, and compare them in a report.")
    private boolean all;

    @Mixin
    private final EvaluationSettings settings = new EvaluationSettings();

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration to use in place of NAME.yaml.")
    private @Nullable Path config;

    @Mixin
    private final OutputFolderOption output = new OutputFolderOption("output");

    @Mixin
    private final EngineOptions engine = new EngineOptions();

    @Override
    public Integer call() {
        if (names.isEmpty() == !all) {
            throw new ParameterException(
                    spec.commandLine(), all ? "give names with -m, or --all" : "give a name with -m, or a command");
        }
        if (config != null && (all || names.size() > 1)) {
            throw new ParameterException(spec.commandLine(), "--config goes with one name; --configs names a folder");
        }
        ScoringOptions scoring = settings.options(datasets.skipsBadRows());
        Messages messages = messageOptions.messages();
        engine.explain(messages);
        try (PluginRegistry registry = plugins.load(messages)) {
            Set<String> chosen = new LinkedHashSet<>(all ? registered(registry) : names);
            if (chosen.isEmpty()) {
                throw new ConfigException("--all: no name is registered. Put plugins into plugins/, where mvn package"
                        + " puts the kit's own, or name a folder of them with --plugins");
            }
            chosen.forEach(registry::requireMerges);
            List<Dataset> sets = datasets.read(Installation.current());
            Supplier<List<Dataset>> candidateSets = validation.reader(Installation.current(), datasets.skipsBadRows());
            List<ScoredModels.Model> scored = chosen.stream()
                    .map(name -> new ScoredModels.Model(
                            name, "name: " + name,
                            () -> run(registry.requireMerges(name), sets, candidateSets, scoring, registry, messages)))
                    .toList();
            return new ScoredModels(spec.commandLine().getOut(), messages, messageOptions.verbose())
                    .run(scored, output.folder(), false);
        }
    }

    private ModelOutcome run(
            RegisteredMerges merges,
            List<Dataset> sets,
            Supplier<List<Dataset>> candidateSets,
            ScoringOptions scoring,
            PluginRegistry registry,
            Messages messages) {
        String name = merges.name();
        KitDocument document = KitDocument.read(configs.file(name, config));
        KitConfig kit = document.config();
        MergeOptions options = engine.options(kit.seed());
        ModelLocator locator = engine.modelLocator(Installation.current());
        try (NamedPlan plan = NamedPlan.of(merges, document, options, locator, registry)) {
            // Among all names there are always some that do not search.
            if (validation.isGiven() && !all && !plan.maySearch()) {
                messages.note(name + " does not search, so that --validation_filepaths has no effect on it");
            }
        }
        RunListener shown = new ShownRun(messages);
        KitRun.Request request = new KitRun.Request(kit, output.folder().resolve(name), sets,
                candidateSets, options, new ModelScoring(scoring, shown),
                CodeDigest.kit() + " " + CodeDigest.entry(merges));
        KitRun.Outcome outcome = KitRun.run(merges, request, registry, locator, shown);
        EvaluationResult result = outcome.result();
        return ModelOutcome.scored(name, outcome.scores(), result == null ? List.of() : result.datasets());
    }

    private static List<String> registered(PluginRegistry registry) {
        return registry.merges().stream().map(RegisteredMerges::name).toList();
    }
}
