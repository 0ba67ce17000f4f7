package org.llmmerging.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.hub.HubCache;
import org.llmmerging.plugin.PluginRegistry;
import org.llmmerging.tensor.FloatCodec;

/** Merges of the tiny models that the golden data has, for tests. */
record GoldenModels(Path folder) {
    static final Path ROOT = Path.of("src/test/resources/golden/mergekit").toAbsolutePath();

    ModelLocator locator() {
        return new ModelLocator(List.of(folder, ROOT), new HubCache(folder.resolve("cache")));
    }

    Path write(String yaml) {
        try {
            return Files.writeString(folder.resolve("merge.yml"), yaml);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    StagedPlan plan(String yaml, MergeOptions options, @Nullable StageCache cache, PluginRegistry registry) {
        MethodFinder methods = name -> registry.requireMethod(name).method();
        return new StagedPlanner(new Planning(options, locator(), methods, cache)).plan(write(yaml));
    }

    /** Reads and plans a file as {@code ./main merge} does, and gives what the plan notes. */
    static List<String> notes(Path file) {
        ModelLocator locator = new ModelLocator(List.of(ROOT), new HubCache(ROOT.resolve("no-cache")));
        StageCache stages = StageCache.beside(file.resolveSibling("out"), false);
        try (PluginRegistry registry = PluginRegistry.load(List.of());
                StagedPlan plan = new StagedPlanner(new Planning(
                        MergeOptions.defaults(1), locator, method -> registry.requireMethod(method).method(), stages))
                        .plan(file)) {
            return plan.notes();
        }
    }

    /** Plans the first document of a file. */
    static MergePlan plan(Path file, MergeOptions options) {
        try (PluginRegistry registry = PluginRegistry.load(List.of());
                ModelStore store = MergeRun.store(ROOT)) {
            return MergeRun.plan(file, store, options, registry);
        }
    }

    /** Merges into the folder {@code out}. */
    Path merge(String yaml, MergeOptions options, boolean keepStages, MergeListener listener) {
        return merge(yaml, options, folder.resolve("out"), keepStages, listener);
    }

    Path merge(String yaml, MergeOptions options, Path output, boolean keepStages, MergeListener listener) {
        try (PluginRegistry registry = PluginRegistry.load(List.of());
                StagedPlan plan = plan(yaml, options, StageCache.beside(output, keepStages), registry)) {
            return new StagedMerge(plan, listener).run(output);
        }
    }

    Path merge(String yaml) {
        return merge(yaml, MergeOptions.defaults(42), false, MergeListener.NONE);
    }

    /** Every tensor's values. */
    static Map<String, List<Float>> values(Path model) {
        Map<String, List<Float>> values = new TreeMap<>();
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            checkpoint.tensors().forEach((name, info) -> {
                float[] decoded = new float[(int) info.shape().elements()];
                FloatCodec.of(info.dtype()).decode(checkpoint.tensor(name).data(), 0, decoded, 0, decoded.length);
                Float[] boxed = new Float[decoded.length];
                for (int i = 0; i < decoded.length; i++) {
                    boxed[i] = decoded[i];
                }
                values.put(name, List.of(boxed));
            });
        }
        return values;
    }

    static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
