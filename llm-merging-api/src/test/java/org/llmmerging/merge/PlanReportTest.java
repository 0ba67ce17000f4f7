package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.plugin.PluginRegistry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PlanReportTest {
    private static final MergeOptions OPTIONS = MergeOptions.defaults(42);
    private static final String TIES = """
            merge_method: ties
            base_model: models/t-base
            dtype: bfloat16
            models:
              - model: models/t-ft1
                parameters: {weight: [0, 1], density: [{filter: mlp, value: 0.25}, {value: 0.5}]}
              - {model: models/t-ft2, parameters: {weight: 0.5}}
            parameters: {lambda: 0.7}
            """;

    @TempDir
    private Path folder;

    @Test
    void tellsTheBytesThatTheMergeReadsAndWrites() {
        PlanReport report = reports(TIES, OPTIONS).getFirst();
        long stored = GoldenModels.values(GoldenModels.ROOT.resolve("models/t-base")).values().stream()
                .mapToLong(List::size)
                .sum();
        assertEquals(3 * 4 * stored, report.readBytes()); // float32 in the files, whatever dtype says
        assertEquals(2 * stored, report.writtenBytes());
        assertEquals(Map.of("bfloat16", stored), report.elementsByType());
        assertEquals(
                List.of("models/t-base", "models/t-ft1", "models/t-ft2"),
                report.models().stream().map(PlanReport.Model::model).toList());
    }

    @Test
    void countsTheFactorsOfAdapters() throws IOException {
        new TinyModel(folder.resolve("base"))
                .random("model.layers.0.mlp.up_proj.weight", 4, 3)
                .random("model.layers.0.mlp.down_proj.weight", 3, 4)
                .write();
        String module = "base_model.model.model.layers.0.mlp.up_proj.lora_";
        Path adapter = new TinyModel(folder.resolve("lora"))
                .random(module + "A.weight", 2, 3)
                .random(module + "B.weight", 4, 2)
                .write();
        Files.move(adapter.resolve("model.safetensors"), adapter.resolve("adapter_model.safetensors"));
        Files.writeString(
                adapter.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4}");
        PlanReport report = reports("merge_method: passthrough\nmodels: [{model: base+lora}]\n", OPTIONS).getFirst();
        assertEquals((12 + 12 + 6 + 8) * Float.BYTES, report.readBytes());
        assertEquals(report.readBytes(), report.models().getFirst().bytes());
    }

    @Test
    void resolvesEveryParameterForEveryTensor() {
        PlanReport.Tensor mlp = tensor(TIES, "model.layers.3.mlp.up_proj.weight");
        assertEquals(0.7, mlp.parameters().get("lambda"));
        assertEquals(1.0, mlp.parameters().get("normalize")); // the method's default
        assertTrue(mlp.inputs().getFirst().base());
        assertEquals(Map.of("weight", 1.0, "density", 0.25), mlp.inputs().get(1).parameters());
        assertEquals(Map.of("weight", 0.5, "density", 1.0), mlp.inputs().get(2).parameters());
        PlanReport.Tensor attention = tensor(TIES, "model.layers.0.self_attn.q_proj.weight");
        assertEquals(Map.of("weight", 0.0, "density", 0.5), attention.inputs().get(1).parameters());
    }

    @Test
    void tensorsAreDescribedWhenTheyAreAskedFor() {
        PlanReport report = reports(TIES, OPTIONS).getFirst();
        assertEquals(report.tensorCount(), report.tensors().size());
        assertNotSame(report.tensors().getFirst(), report.tensors().getFirst());
        List<PlanReport.Tensor> two = report.tensors().subList(1, 3);
        assertEquals(two, report.showing(two).tensors());
        assertEquals(report.models(), report.showing(two).models());
    }

    @Test
    void namesTheInputsOfLayersThatMove() {
        PlanReport.Tensor moved = tensor("""
                merge_method: passthrough
                slices:
                  - sources: [{model: models/t-base, layer_range: [2, 4]}]
                """, "model.layers.0.mlp.up_proj.weight");
        assertEquals("model.layers.2.mlp.up_proj.weight", moved.inputs().getFirst().tensor());
    }

    @Test
    void countsTheWeightFilesThatTheMergeWrites() {
        MergeOptions small = MergeOptions.defaults(42).withThreads(1).withMaxShardBytes(4000);
        Path output = new GoldenModels(folder).merge(TIES, small, false, MergeListener.NONE);
        long written = GoldenModels.names(output).stream().filter(name -> name.endsWith(".safetensors")).count();
        assertEquals(written, reports(TIES, small).getFirst().weightFiles());
    }

    @Test
    void memoryGrowsWithTheThreadsAndTheModels() {
        PlanReport plan = reports(TIES, MergeOptions.defaults(1).withThreads(1)).getFirst();
        MemoryEstimate one = plan.memory();
        MemoryEstimate four = reports(TIES, MergeOptions.defaults(1).withThreads(4))
                .getFirst()
                .memory();
        // The output waits in memory to be written; there is as much of it for one thread as for four.
        long waiting = plan.writtenBytes();
        assertEquals(4 * (one.directBytes() - waiting), four.directBytes() - waiting);
        assertTrue(four.heapBytes() > one.heapBytes());
    }

    @Test
    void memoryHoldsTheMasksThatRescalingNeeds() {
        String dare = TIES.replace("ties", "dare_ties");
        long largest = GoldenModels.values(GoldenModels.ROOT.resolve("models/t-base")).values().stream()
                .mapToLong(List::size)
                .max()
                .orElseThrow();
        long plain = heapBytes(dare.replace("lambda: 0.7", "rescale: false"));
        assertEquals(2 * Math.ceilDiv(largest, 64L) * Long.BYTES, heapBytes(dare) - plain);
        assertEquals(plain, heapBytes(dare.replaceAll("density: [^}]*}, \\{[^}]*}]", "density: 1")));
    }

    @Test
    void memoryHoldsTheRanksOfARow() {
        String della = TIES.replace("ties", "della_linear").replace("lambda: 0.7", "epsilon: 0.1, rescale: false");
        assertTrue(heapBytes(della) > heapBytes(della.replaceAll("density: [^}]*}, \\{[^}]*}]", "density: 1")));
    }

    private long heapBytes(String yaml) {
        return reports(yaml, OPTIONS).getFirst().memory().heapBytes();
    }

    @Test
    void aStageThatIsNotThereIsPlannedFromWhatItWillBe() throws IOException {
        String staged = "name: first\n" + TIES + "---\nmerge_method: passthrough\nmodels: [{model: first}]\n";
        List<PlanReport> reports = reports(staged, OPTIONS);
        assertEquals(List.of("ties", "passthrough"), reports.stream().map(PlanReport::method).toList());
        assertFalse(reports.getFirst().finished());
        assertEquals(reports.getFirst().writtenBytes(), reports.getLast().readBytes());
        assertFalse(Files.exists(folder.resolve(".out.stages")));
    }

    @Test
    void withoutAPlaceForThemStagesCountAsMissing() {
        GoldenModels golden = new GoldenModels(folder);
        String staged = "name: first\n" + TIES + "---\nmerge_method: passthrough\nmodels: [{model: first}]\n";
        golden.merge(staged, OPTIONS, true, MergeListener.NONE);
        assertTrue(reports(staged, OPTIONS).getFirst().finished());
        try (PluginRegistry registry = PluginRegistry.load(List.of());
                StagedPlan plan = golden.plan(staged, OPTIONS, null, registry)) {
            assertFalse(plan.reports().getFirst().finished());
            assertEquals(3, plan.inputFolders().size());
            assertThrows(IllegalArgumentException.class, () -> new StagedMerge(plan, MergeListener.NONE));
        }
    }

    private PlanReport.Tensor tensor(String yaml, String name) {
        return reports(yaml, OPTIONS).getFirst().tensors().stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<PlanReport> reports(String yaml, MergeOptions options) {
        StageCache cache = StageCache.beside(folder.resolve("out"), false);
        try (PluginRegistry registry = PluginRegistry.load(List.of());
                StagedPlan plan = new GoldenModels(folder).plan(yaml, options, cache, registry)) {
            return plan.reports();
        }
    }
}
