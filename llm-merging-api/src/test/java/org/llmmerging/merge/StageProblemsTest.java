package org.llmmerging.merge;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.SafetensorsWriter;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.plugin.PluginRegistry;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.llmmerging.merge.StagedMergeTest.BLEND;
import static org.llmmerging.merge.StagedMergeTest.BOTH;
import static org.llmmerging.merge.StagedMergeTest.FIRST;
import static org.llmmerging.merge.StagedMergeTest.OPTIONS;
import static org.llmmerging.merge.StagedMergeTest.keptStage;

/** What is wrong with stages is reported before anything runs, and so that the stage can be told. */
class StageProblemsTest {
    @TempDir
    private Path folder;

    private GoldenModels golden;
    private final Heard heard = new Heard();

    @BeforeEach
    void start() {
        golden = new GoldenModels(folder);
    }

    @Test
    void aPatternThatNothingMatchesIsReportedOnce() {
        String message = String.valueOf(assertThrows(
                MergingException.class,
                () -> golden.merge(BOTH.replace("models/t-ft3", "none/*"))).getMessage());
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void theDiskMustHoldAllStagesBeforeTheFirstOne() throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        sparseModel("huge", free / 10 * 8);
        String twice = "name: first\nmerge_method: passthrough\nmodels: [{model: huge}]\n---\n"
                + "merge_method: passthrough\nmodels: [{model: first}]\n";
        MergingException refusal = assertThrows(
                MergingException.class, () -> golden.merge(twice, OPTIONS, false, heard));
        assertTrue(refusal.getMessage().contains("bytes free"), refusal.getMessage());
        assertEquals(List.of(), heard.ran);
        assertEquals(List.of("huge", "merge.yml"), GoldenModels.names(folder));
    }

    @Test
    void whatUsesAStageThatCannotBePlannedIsNotLookedAt() {
        MergingException refusal = assertThrows(
                MergingException.class, () -> golden.merge(BOTH.replace("models/t-ft1", "models/none")));
        assertEquals(1, refusal.getMessage().lines().count(), refusal.getMessage());
    }

    /** One tensor of float16, of which nothing is on the disk. */
    private void sparseModel(String name, long bytes) throws IOException {
        Path model = Files.createDirectory(folder.resolve(name));
        Files.writeString(model.resolve("config.json"), "{\"model_type\": \"llama\"}");
        long elements = bytes / 2;
        byte[] header = ("{\"w\":{\"dtype\":\"F16\",\"shape\":[" + elements + "],\"data_offsets\":[0," + 2 * elements
                + "]}}").getBytes(StandardCharsets.UTF_8);
        try (RandomAccessFile file = new RandomAccessFile(model.resolve("model.safetensors").toFile(), "rw")) {
            file.writeLong(Long.reverseBytes(header.length));
            file.write(header);
            file.setLength(8 + header.length + 2 * elements);
        }
    }

    private String refusal() {
        MergingException refusal = assertThrows(
                MergingException.class, () -> golden.merge(BOTH, OPTIONS, true, heard));
        return String.valueOf(refusal.getMessage()).replace(folder + "/", "");
    }

    @Test
    void aDamagedStageIsOneToDelete() throws IOException {
        golden.merge(BOTH, OPTIONS, true, heard);
        Path weights = keptStage(folder).resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[10] = (byte) 0xff;
        Files.write(weights, bytes);
        String stage = folder.relativize(keptStage(folder)).toString();
        assertTrue(refusal().endsWith(". It is the stage 'first': delete " + stage + ", and the stage is made again"),
                refusal());
    }

    @Test
    void aStageThatMayNotBeReadIsAModelThatCannotBeRead() throws IOException {
        golden.merge(BOTH, OPTIONS, true, heard);
        Path manifest = keptStage(folder).resolve("manifest.json");
        Files.setPosixFilePermissions(manifest, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(manifest), "the superuser reads everything");
        MergingException refusal = assertThrows(
                CheckpointException.class, () -> golden.merge(BOTH, OPTIONS, true, heard));
        assertEquals(manifest + ": cannot be read: permission denied. It is of a stage that an earlier run left: make"
                + " its folder readable, or keep stages elsewhere with --stage-cache", refusal.getMessage());
    }

    @Test
    void aPlaceThatCannotTakeAStageIsSaidToBeAStages() throws IOException {
        golden.merge(BOTH, OPTIONS, true, heard);
        Files.delete(keptStage(folder).resolve("config.json"));
        Files.writeString(keptStage(folder).resolve("stray"), "");
        String stage = folder.relativize(keptStage(folder)).toString();
        assertEquals(stage + ": the stage 'first' cannot be kept here: holds \"stray\", which is no part of an"
                + " earlier output and would be lost. Move it away or name another output folder, or keep stages"
                + " elsewhere with --stage-cache", refusal());

        FolderTree.delete(folder.resolve(".out.stages"));
        Files.writeString(folder.resolve(".out.stages"), "");
        assertEquals(stage + ": the stage 'first' cannot be kept here: lies in the file"
                + " .out.stages. Name another output folder, or keep stages elsewhere with --stage-cache",
                refusal());
    }

    @Test
    void aStageTakenForAnAdapterIsNotLookedFor() {
        MergingException refusal = assertThrows(
                MergingException.class, () -> golden.merge(BOTH.replace("models/t-ft3", "models/t-ft3+first")));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(
                message.endsWith(":8:1: 'models/t-ft3+first' takes the stage 'first' for an adapter, and a stage makes"
                        + " a whole model. Use it as a model of its own"),
                message);
        assertEquals(1, message.lines().count(), message);
    }

    /** It is planned with a folder that is gone when the message is read. */
    @Test
    void anAdapterThatDoesNotFitAStageNamesTheStage() throws IOException {
        Path adapter = Files.createDirectories(folder.resolve("adapter"));
        Files.writeString(adapter.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1}");
        List<TensorInfo> factors = List.of(
                new TensorInfo("base_model.model.none.lora_A.weight", DType.F32, Shape.of(1, 2)),
                new TensorInfo("base_model.model.none.lora_B.weight", DType.F32, Shape.of(2, 1)));
        try (SafetensorsWriter writer = SafetensorsWriter.create(
                adapter.resolve("adapter_model.safetensors"), factors)) {
            factors.forEach(factor -> writer.write(factor.name(), 0, ByteBuffer.allocate(8)));
            writer.finish();
        }
        MergingException refusal = assertThrows(MergingException.class, () -> golden.merge("name: first\n" + FIRST
                + "---\nmerge_method: linear\nmodels: [{model: first+adapter, parameters: {weight: 1}}]\n"));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains("adapter: does not fit the base model of the stage 'first': "), message);
    }

    /** Plans two merges, and waits when the first is planned. */
    public static final class Waiting {
        public static void main(String[] arguments) {
            GoldenModels golden = new GoldenModels(Path.of(arguments[0]));
            try (PluginRegistry registry = PluginRegistry.load(List.of())) {
                MethodFinder methods = name -> {
                    if (name.equals("slerp")) {
                        System.out.println("planned");
                        System.out.flush();
                        LockSupport.parkNanos(TimeUnit.MINUTES.toNanos(1));
                    }
                    return registry.requireMethod(name).method();
                };
                new StagedPlanner(new Planning(OPTIONS, golden.locator(), methods, null)).plan(golden.write(BOTH));
            }
        }
    }

    @Test
    void planningThatASignalEndsLeavesNothing() throws IOException, InterruptedException {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary, "-cp", System.getProperty("java.class.path"),
                Waiting.class.getName(), folder.toString()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        assertEquals("planned", process.inputReader().readLine());
        assertTrue(GoldenModels.names(temporary).stream().anyMatch(name -> name.startsWith("llm-merging-plan-")));
        process.destroy();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(List.of(), GoldenModels.names(temporary).stream()
                .filter(name -> name.startsWith("llm-merging-plan-"))
                .toList());
    }

    @Test
    void findsWhatIsWrongWithEveryStageBeforeAnyRuns() {
        String wrong = "name: a\n" + FIRST.replace("weight: 0.6", "wieght: 0.6")
                + "---\nname: b\n" + FIRST.replace("density: 0.7", "densty: 0.7")
                + "---\n" + BLEND.formatted("a").replace("models/t-ft3", "b");
        MergingException problem = assertThrows(MergingException.class,
                () -> golden.merge(wrong, OPTIONS, false, heard));
        assertTrue(problem.getMessage().contains("wieght"), problem.getMessage());
        assertTrue(problem.getMessage().contains("densty"), problem.getMessage());
        assertEquals(List.of(), heard.ran);
        assertEquals(List.of("merge.yml"), GoldenModels.names(folder));
    }

    @Test
    void anErrorInTheResultIsFoundBeforeTheStagesRun() {
        String wrong = BOTH.replace("models/t-ft3", "models/base"); // another shape
        assertThrows(MergingException.class, () -> golden.merge(wrong, OPTIONS, false, heard));
        assertEquals(List.of(), heard.ran);
    }

    @Test
    void anOutputThatIsNotOursIsRefusedBeforeTheStagesRun() throws IOException {
        Files.createDirectory(folder.resolve("out"));
        Files.writeString(folder.resolve("out").resolve("thesis.tex"), "x");
        assertThrows(MergingException.class, () -> golden.merge(BOTH, OPTIONS, false, heard));
        assertEquals(List.of(), heard.ran);
    }
}
