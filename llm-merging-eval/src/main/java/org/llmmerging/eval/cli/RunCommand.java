package org.llmmerging.eval.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Scores;
import org.llmmerging.config.KitConfig;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.SummaryLine;
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

/** {@code -m NAME}: loads, merges and evaluates what is registered under a name. */
@Command(
        name = "main",
        description = "Merge large language models and score the result.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        synopsisSubcommandLabel = "[COMMAND]")
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

    @Option(
            names = {"-m", "--merging_method"},
            paramLabel = "NAME",
            description = "The registered name to run, such as slerp_llama2; ./main list prints all.")
    private @Nullable String name;

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration to use in place of NAME.yaml.")
    private @Nullable Path config;

    @Option(
            names = "--output_folder",
            paramLabel = "DIR",
            defaultValue = "output",
            description = "Where NAME/ is written. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private Path outputFolder;

    @Mixin
    private final EngineOptions engine = new EngineOptions();

    @Override
    public Integer call() {
        String chosen = name;
        if (chosen == null) {
            throw new ParameterException(spec.commandLine(), "give a name with -m, or a command");
        }
        Messages messages = messageOptions.messages();
        try (PluginRegistry registry = plugins.load(messages)) {
            RegisteredMerges merges = registry.requireMerges(chosen);
            KitConfig kit = KitConfig.read(configs.file(chosen, config));
            List<Dataset> sets = datasets.read(Installation.current());
            MergeOptions options = engine.options(kit.seed(), messages);
            ModelLocator locator = engine.modelLocator(Installation.current());
            KitRun.Request request = new KitRun.Request(kit, outputFolder.resolve(chosen), sets, options);
            Scores scores = KitRun.run(merges.merges(), request, registry, locator, messages);
            PrintWriter out = spec.commandLine().getOut();
            out.println(SummaryLine.of(scores));
            out.flush();
        }
        return 0;
    }
}
