package org.llmmerging.eval.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.StagedFolder;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.KitDocument;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.eval.run.NamedPlan;
import org.llmmerging.merge.MergeOptions;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.merge.PlanReport;
import org.llmmerging.merge.Planning;
import org.llmmerging.merge.StagedPlan;
import org.llmmerging.merge.StagedPlanner;
import org.llmmerging.plugin.PluginRegistry;
import org.llmmerging.plugin.RegisteredMerges;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code plan CONFIG}: what {@code merge} would read, need, write and refuse, from headers alone. */
@Command(
        name = "plan",
        customSynopsis = {"main plan CONFIG [OUT_DIR] [OPTION]...", "       main plan -m NAME [OPTION]..."},
        description = "Print what a merge would do, need and refuse. Reads no weights and writes no output.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class PlanCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private final MessageOptions messageOptions = new MessageOptions();

    @Mixin
    private final RegistryOptions plugins = new RegistryOptions();

    @Mixin
    private final ConfigFolderOption configs = new ConfigFolderOption();

    @Parameters(index = "0", arity = "0..1", paramLabel = "CONFIG", description = "The YAML file; or give -m.")
    private @Nullable Path config;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "OUT_DIR",
            description = "The output folder, to say whether it may be written and the disk holds it, and recognise stages that are finished.")
    private @Nullable Path output;

    @Option(
            names = {"-m", "--merging_method"},
            paramLabel = "NAME",
            description = "Plan the merge of a registered name.")
    private @Nullable String name;

    @Option(names = "--config", paramLabel = "FILE", description = "With -m: configuration in place of NAME.yaml.")
    private @Nullable Path kitConfig;

    @Option(
            names = "--explain",
            paramLabel = "TENSOR",
            description = "Print the inputs and the value of every parameter of each tensor whose name contains this.")
    private @Nullable String explain;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private final StageOptions stageOptions = new StageOptions();

    @Mixin
    private final EngineOptions engine = new EngineOptions();

    @Mixin
    private final MergeDeviceOption device = new MergeDeviceOption(UnneededOptions.PROCESSOR);

    @Override
    public Integer call() {
        checkCombination();
        Messages messages = messageOptions.messages();
        ModelLocator locator = engine.modelLocator(Installation.current());
        try (PluginRegistry registry = plugins.load(messages)) {
            device.explain(messages);
            engine.explain(messages);
            if (name == null) {
                planFile(Objects.requireNonNull(config), registry, locator);
            } else {
                planName(name, registry, locator);
            }
        }
        return 0;
    }

    private void checkCombination() {
        if (name == null && config == null) {
            throw new ParameterException(spec.commandLine(), "give either a CONFIG or a name with -m");
        }
        if (name != null && config != null) {
            throw new ParameterException(spec.commandLine(), "give either a CONFIG or a name with -m: a name has a"
                    + " configuration and an output folder of its own, and takes neither CONFIG nor OUT_DIR");
        }
        if (kitConfig != null && name == null) {
            throw new ParameterException(spec.commandLine(), "--config goes with -m; a CONFIG is given by itself");
        }
        if (configs.isGiven() && name == null) {
            throw new ParameterException(spec.commandLine(), "--configs goes with -m; a CONFIG is given by itself");
        }
        if (stageOptions.areGiven() && name != null) {
            throw new ParameterException(
                    spec.commandLine(), "--stage-cache and --keep-stages go with a CONFIG; a name has no stages");
        }
    }

    private void planFile(Path file, PluginRegistry registry, ModelLocator locator) {
        MergeOptions options = engine.options(KitConfig.DEFAULT_SEED);
        Planning planning = new Planning(
                options, locator, method -> registry.requireMethod(method).method(), stageOptions.cache(output));
        try (StagedPlan plan = new StagedPlanner(planning).plan(file)) {
            check(plan);
            print(plan.reports(), plan.notes());
        }
    }

    private void planName(String registered, PluginRegistry registry, ModelLocator locator) {
        RegisteredMerges merges = registry.requireMerges(registered);
        KitDocument document = KitDocument.read(configs.file(registered, kitConfig));
        MergeOptions options = engine.options(document.config().seed());
        try (NamedPlan named = NamedPlan.of(merges, document, options, locator, registry)) {
            List<String> notes = new ArrayList<>(named.notes());
            named.merge().ifPresent(plan -> notes.addAll(plan.notes()));
            print(named.merge().map(StagedPlan::reports).orElse(List.of()), notes);
        }
    }

    private void check(StagedPlan plan) {
        if (output != null) {
            StagedFolder.check(output, plan.inputFolders());
            plan.checkStages(output);
            plan.checkSpace(output);
        }
    }

    private void print(List<PlanReport> reports, List<String> notes) {
        PrintWriter out = spec.commandLine().getOut();
        PlanPrinter printer = new PlanPrinter(reports, notes, explain);
        out.print(json ? printer.json() : printer.text());
        out.flush();
    }
}
