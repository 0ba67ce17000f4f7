package org.llmmerging.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.SafetensorsFile;
import org.llmmerging.checkpoint.StagedFolder;
import org.llmmerging.checkpoint.Tensor;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.hub.HubCache;
import org.llmmerging.plugin.PluginRegistry;
import org.llmmerging.tensor.FloatCodec;

/** Merges what mergekit merged, and compares tensor by tensor with what it wrote. */
class GoldenMergeTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/mergekit").toAbsolutePath();

    @TempDir
    private Path folder;

    static Stream<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(GOLDEN)) {
            return folders.filter(each -> Files.exists(each.resolve("expected.safetensors")))
                    .map(each -> each.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givesWhatMergekitGives(String name) throws IOException {
        Path output = merge(GOLDEN.resolve(name).resolve("merge.yml"));
        try (SafetensorsFile expected = SafetensorsFile.open(GOLDEN.resolve(name).resolve("expected.safetensors"));
                Checkpoint merged = Checkpoint.open(output)) {
            assertEquals(expected.tensors(), merged.tensors());
            double worst = 0;
            long different = 0;
            long off = 0;
            long all = 0;
            for (String tensor : expected.tensors().keySet()) {
                float[] want = read(expected.tensor(tensor));
                float[] got = read(merged.tensor(tensor));
                double half = switch (expected.tensor(tensor).info().dtype()) {
                    case BF16 -> 1.0 / 256;
                    case F16 -> 1.0 / 2048;
                    default -> 0;
                };
                for (int i = 0; i < want.length; i++) {
                    double difference = Math.abs((double) want[i] - got[i]);
                    worst = Math.max(worst, difference);
                    different += difference != 0 ? 1 : 0;
                    off += difference > (half == 0 ? 1e-6 : 4 * half * Math.max(Math.abs(want[i]), 0.01)) ? 1 : 0;
                    all++;
                }
            }
            System.out.printf("%-40s worst %.3g different %d off %d of %d%n", name, worst, different, off, all);
            assertTrue(off <= all * 0.005, name + ": worst " + worst + ", " + off + " of " + all + " off");
        }
    }

    private Path merge(Path file) {
        MergeConfig config = MergeConfig.read(file).getFirst();
        Path output = folder.resolve("out");
        try (PluginRegistry registry = PluginRegistry.load(List.of());
                ModelStore store = new ModelStore(new ModelLocator(List.of(GOLDEN), new HubCache(folder)));
                StagedFolder staged = StagedFolder.create(output)) {
            MergePlan plan =
                    new MergePlanner(store, method -> registry.requireMethod(method).method()).plan(config, PlanOptions.ofSeed(42).withAllowCrimes(true));
            new Merger(new MergeExecutor(2, Merger.DEFAULT_SHARD_BYTES, MergeProgress.NONE))
                    .write(plan, Map.of(), staged);
            return staged.commit();
        }
    }

    private static float[] read(Tensor tensor) {
        float[] values = new float[(int) tensor.info().shape().elements()];
        FloatCodec.of(tensor.info().dtype()).decode(tensor.data(), 0, values, 0, values.length);
        return values;
    }
}
