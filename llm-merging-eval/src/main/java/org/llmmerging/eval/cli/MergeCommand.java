package org.llmmerging.eval.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.StagedFolder;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.merge.MergeExecutor;
import org.llmmerging.merge.MergePlan;
import org.llmmerging.merge.MergePlanner;
import org.llmmerging.merge.Merger;
import org.llmmerging.merge.ModelStore;
import org.llmmerging.merge.PlanOptions;
import org.llmmerging.plugin.PluginRegistry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merge CONFIG OUT_DIR}: a merge that a mergekit YAML file describes. */
@Command(
        name = "merge",
        description = "Merge the models that a mergekit YAML file names.",
        mixinStandardHelpOptions = true)
final class MergeCommand implements Callable<Integer> {
    @Mixin
    private final MessageOptions messageOptions = new MessageOptions();

    @Mixin
    private final RegistryOptions plugins = new RegistryOptions();

    @Parameters(index = "0", paramLabel = "CONFIG", description = "The YAML file.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Path config;

    @Parameters(index = "1", paramLabel = "OUT_DIR", description = "The folder to write; replaced if it is an output.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Option(names = "--random-seed", paramLabel = "N", description = "Seed of random methods. Default: 42.")
    private @Nullable Long seed;

    @Option(
            names = "--allow-crimes",
            description = "Cut the embeddings of vocabularies of different size to fit, as mergekit does.")
    private boolean allowCrimes;

    @Override
    public Integer call() {
        Messages messages = messageOptions.messages();
        List<MergeConfig> documents = MergeConfig.read(config);
        if (documents.size() != 1) {
            throw new ConfigException(documents.get(1).position()
                    + ": this is the second merge of the file, and one is run at a time. Keep one document");
        }
        MergeConfig merge = documents.getFirst();
        try (PluginRegistry registry = plugins.load(messages);
                ModelStore store = new ModelStore(Installation.current().modelLocator())) {
            long chosenSeed = seed == null ? KitConfig.DEFAULT_SEED : seed;
            MergePlan plan = new MergePlanner(store, name -> registry.requireMethod(name).method())
                    .plan(merge, PlanOptions.ofSeed(chosenSeed).withAllowCrimes(allowCrimes));
            plan.notes().forEach(messages::warn);
            try (StagedFolder staged = StagedFolder.create(output, store.folders())) {
                Messages.Progress progress = messages.start("merge", plan.outputBytes(), Messages.Unit.BYTES);
                MergeExecutor executor = new MergeExecutor(
                        Runtime.getRuntime().availableProcessors(), Merger.DEFAULT_SHARD_BYTES, progress::advance);
                Map<String, Object> recipe = new LinkedHashMap<>();
                recipe.put("seed", chosenSeed);
                recipe.put("models", merge.models().stream().map(ModelReference::toString).toList());
                new Merger(executor).write(plan, recipe, staged);
                staged.commit();
                progress.finish();
            }
        }
        return 0;
    }
}
