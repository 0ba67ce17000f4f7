package org.llmmerging.eval.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.llmmerging.config.KitConfig;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.merge.MergeOptions;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.merge.Planning;
import org.llmmerging.merge.StagedMerge;
import org.llmmerging.merge.StagedPlan;
import org.llmmerging.merge.StagedPlanner;
import org.llmmerging.plugin.PluginRegistry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code merge CONFIG OUT_DIR}: the merges that a mergekit YAML file describes. */
@Command(
        name = "merge",
        customSynopsis = "main merge CONFIG OUT_DIR [OPTION]...",
        description = "Merge the models that a mergekit YAML file names.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class MergeCommand implements Callable<Integer> {
    @Mixin
    private final MessageOptions messageOptions = new MessageOptions();

    @Mixin
    private final RegistryOptions plugins = new RegistryOptions();

    @Mixin
    private final StageOptions stageOptions = new StageOptions();

    @Mixin
    private final EngineOptions engine = new EngineOptions();

    @Mixin
    private final MergeDeviceOption device = new MergeDeviceOption(UnneededOptions.PROCESSOR);

    @Parameters(index = "0", paramLabel = "CONFIG", description = "The YAML file.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Path config;

    @Parameters(
            index = "1",
            paramLabel = "OUT_DIR",
            description = "The folder to write. An earlier output or model there is replaced; any other folder that is not empty"
                    + " is refused.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Override
    public Integer call() {
        Messages messages = messageOptions.messages();
        device.explain(messages);
        engine.explain(messages);
        MergeOptions options = engine.options(KitConfig.DEFAULT_SEED);
        ModelLocator locator = engine.modelLocator(Installation.current());
        try (PluginRegistry registry = plugins.load(messages);
                StagedPlan plan = new StagedPlanner(new Planning(
                        options,
                        locator,
                        name -> registry.requireMethod(name).method(),
                        stageOptions.cache(output))).plan(config)) {
            new StagedMerge(plan, new ShownMerge(messages)).run(output);
            messages.say("merged model: " + output);
        }
        return 0;
    }
}
