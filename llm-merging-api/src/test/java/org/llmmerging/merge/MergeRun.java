package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.StagedFolder;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.hub.HubCache;
import org.llmmerging.plugin.PluginRegistry;

import static org.junit.jupiter.api.Assertions.assertThrows;

/** A merge that a test has run, with its plan and output still open. */
final class MergeRun implements AutoCloseable {
    private final PluginRegistry registry;
    private final ModelStore store;
    private final MergePlan plan;
    private final Checkpoint merged;

    private MergeRun(PluginRegistry registry, ModelStore store, MergePlan plan, Checkpoint merged) {
        this.registry = registry;
        this.store = store;
        this.plan = plan;
        this.merged = merged;
    }

    /** Plans the first document of a file. Relative models are looked up in {@code root}. */
    static MergePlan plan(Path file, ModelStore store, MergeOptions options, PluginRegistry registry) {
        MergeConfig config = MergeConfig.read(file).getFirst();
        return new MergePlanner(store, method -> registry.requireMethod(method).method()).plan(config, options);
    }

    /** A store that finds models in {@code root} and nowhere else. */
    static ModelStore store(Path root) {
        return new ModelStore(new ModelLocator(List.of(root), new HubCache(root.resolve("no-cache"))));
    }

    /** Runs a merge and writes it to {@code output}. */
    static MergeRun of(Path file, Path root, MergeOptions options, Path output) {
        PluginRegistry registry = PluginRegistry.load(List.of());
        ModelStore store = store(root);
        MergePlan plan = plan(file, store, options, registry);
        try (StagedFolder staged = StagedFolder.create(output)) {
            Merger.of(plan, MergeConfig.read(file).getFirst(), options)
                    .write(staged.path(), MergeListener.NONE.begin("merge", plan.outputBytes()));
            return new MergeRun(registry, store, plan, Checkpoint.open(staged.commit(Assertions::fail)));
        }
    }

    /** Runs a merge of models in {@code folder}, and writes it to {@code out} in there. */
    static MergeRun of(String configuration, Path folder, MergeOptions options) throws IOException {
        return of(Files.writeString(folder.resolve("c.yml"), configuration), folder, options, folder.resolve("out"));
    }

    /** What is said of such a merge when it is refused, without the folder's name. */
    static String refusal(Class<? extends MergingException> kind, String configuration, Path folder) {
        MergingException refusal = assertThrows(
                kind, () -> of(configuration, folder, MergeOptions.defaults(1)).close());
        return String.valueOf(refusal.getMessage()).replace(folder + "/", "").strip();
    }

    MergePlan plan() {
        return plan;
    }

    /** The output's weights. */
    Checkpoint merged() {
        return merged;
    }

    @Override
    public void close() {
        merged.close();
        store.close();
        registry.close();
    }
}
