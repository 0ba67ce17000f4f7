package org.llmmerging.merge;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.SafetensorsWriter;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.plugin.PluginRegistry;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StagedMergeTest {
    private static final String FIRST = """
            merge_method: dare_ties
            base_model: models/t-base
            models:
              - {model: models/t-ft1, parameters: {weight: 0.6, density: 0.5}}
              - {model: models/t-ft2, parameters: {weight: 0.4, density: 0.7}}
            """;
    private static final String BLEND = """
            merge_method: slerp
            base_model: %s
            models: [{model: models/t-ft3}]
            parameters: {t: [0.1, 0.9]}
            """;
    private static final String BOTH = "name: first\n" + FIRST + "---\n" + BLEND.formatted("first");
    private static final MergeOptions OPTIONS = MergeOptions.defaults(42);

    @TempDir
    private Path folder;

    private GoldenModels golden;
    private final Heard heard = new Heard();

    /** Notes which merges ran and which were there, and may fail one. */
    private static final class Heard implements MergeListener {
        private final List<String> notes = new ArrayList<>();
        private final List<String> ran = new ArrayList<>();
        private final List<String> reused = new ArrayList<>();
        private String failing = "";

        @Override
        public void note(String note) {
            notes.add(note);
        }

        @Override
        public void reused(String stage) {
            reused.add(stage);
        }

        @Override
        public Progress begin(String what, long bytes) {
            ran.add(what);
            if (what.equals(failing)) {
                throw new MergeException("stopped on purpose");
            }
            return new Progress() {};
        }
    }

    @BeforeEach
    void start() {
        golden = new GoldenModels(folder);
    }

    @Test
    void givesWhatTheMergesGiveOneByOne() throws IOException {
        Path byHand = golden.merge(FIRST);
        Files.move(byHand, folder.resolve("by-hand"));
        var expected = GoldenModels.values(golden.merge(BLEND.formatted("by-hand")));
        assertEquals(expected, GoldenModels.values(golden.merge(BOTH, OPTIONS, false, heard)));
        assertEquals(List.of("first", "merge"), heard.ran);
    }

    @Test
    void anOutputThatCannotBeEvaluatedIsTold() {
        golden.merge(FIRST, OPTIONS, false, heard);
        assertEquals(1, heard.notes.size(), heard.notes.toString());
        assertTrue(heard.notes.getFirst().startsWith("the output has no tokenizer.json"), heard.notes.toString());
    }

    @Test
    void leavesNothingBesideTheOutput() {
        golden.merge(BOTH);
        assertEquals(List.of("merge.yml", "out"), GoldenModels.names(folder));
    }

    /** The other one finishes when this one has made the stage and goes on to read it. */
    @Test
    void anotherMergeIntoTheSameOutputLeavesTheStagesThatThisOneReads() {
        List<String> stages = new ArrayList<>();
        MergeListener overtaken = new MergeListener() {
            @Override
            public Progress begin(String what, long bytes) {
                if (what.equals("merge")) {
                    golden.merge(BOTH, OPTIONS, false, heard);
                    stages.addAll(GoldenModels.names(folder.resolve(".out.stages")));
                }
                return new Progress() {};
            }
        };
        golden.merge(BOTH, OPTIONS, false, overtaken);
        assertEquals(List.of("first"), heard.reused);
        assertTrue(stages.size() == 1 && stages.getFirst().startsWith("first-"), stages.toString());
        assertTrue(heard.notes.stream().noneMatch(note -> note.contains("stages")), heard.notes.toString());
        assertEquals(List.of("merge.yml", "out"), GoldenModels.names(folder));
    }

    /** The other one may be reading the stage that it finished while this one was making the same. */
    @Test
    void aStageThatAnotherMergeFinishedMeanwhileIsNotReplaced() throws IOException {
        List<Object> made = new ArrayList<>();
        MergeListener overtaken = new MergeListener() {
            @Override
            public Progress begin(String what, long bytes) {
                if (what.equals("first")) {
                    golden.merge(BOTH, OPTIONS, true, heard);
                    made.add(stageFile());
                }
                return new Progress() {};
            }
        };
        golden.merge(BOTH, OPTIONS, true, overtaken);
        assertEquals(List.of("first", "merge"), heard.ran);
        assertEquals(made, List.of(stageFile()));
        assertEquals(1, GoldenModels.names(folder.resolve(".out.stages")).size());
    }

    /** What tells the weights of the only stage from a copy of them. */
    private Object stageFile() {
        Path stages = folder.resolve(".out.stages");
        Path weights = stages.resolve(GoldenModels.names(stages).stream()
                .filter(name -> !name.startsWith("."))
                .findFirst()
                .orElseThrow()).resolve("model.safetensors");
        try {
            return Files.readAttributes(weights, BasicFileAttributes.class).fileKey();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void aStageMayHaveAnyLengthOfName() {
        String name = "n".repeat(300) + "*";
        Path output = golden.merge(BOTH.replace("first", "'" + name + "'"), OPTIONS, true, heard);
        assertEquals(List.of(name, "merge"), heard.ran);
        assertTrue(Files.exists(output.resolve("model.safetensors")));
    }

    @Test
    void aPatternThatNothingMatchesIsReportedOnce() {
        String message = String.valueOf(assertThrows(
                MergingException.class,
                () -> golden.merge(BOTH.replace("models/t-ft3", "none/*"))).getMessage());
        assertEquals(1, message.lines().count(), message);
    }

    /** Folders in folders, to a path too long for the system: nobody can delete that by its path. */
    @Test
    void stagesThatCannotBeDeletedTakeNothingFromTheMerge() throws Exception {
        Path stages = folder.resolve(".out.stages");
        List<String> notes = new ArrayList<>();
        MergeListener deepening = new MergeListener() {
            @Override
            public void note(String note) {
                notes.add(note);
            }

            @Override
            public Progress begin(String what, long bytes) {
                if (what.equals("merge")) {
                    shell("cd " + stages + " && for i in $(seq 30); do mkdir $(printf %0200d 1) && cd -P 0*1; done");
                }
                return new Progress() {};
            }
        };
        try {
            Path output = golden.merge(BOTH, OPTIONS, false, deepening);
            assertTrue(Files.exists(output.resolve("manifest.json")));
            assertTrue(notes.stream().anyMatch(note -> note.startsWith(
                    output + " is written, but its stages cannot be deleted (File name too long). Delete " + stages)),
                    notes::toString);
        } finally {
            shell("rm -rf " + stages);
        }
    }

    private static void shell(String command) {
        try {
            assertEquals(0, new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
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

    @Test
    void keepsStagesWhenAskedAndTakesThemAgain() {
        Path output = golden.merge(BOTH, OPTIONS, true, heard);
        var once = GoldenModels.values(output);
        assertTrue(Files.isDirectory(folder.resolve(".out.stages")));
        golden.merge(BOTH, OPTIONS, true, heard);
        assertEquals(List.of("first", "merge", "merge"), heard.ran);
        assertEquals(List.of("first"), heard.reused);
        assertEquals(once, GoldenModels.values(output));
    }

    @Test
    void takesUpWhereAFailedRunStopped() {
        heard.failing = "merge";
        assertThrows(MergeException.class, () -> golden.merge(BOTH, OPTIONS, false, heard));
        assertFalse(Files.exists(folder.resolve("out")));
        heard.failing = "";
        golden.merge(BOTH, OPTIONS, false, heard);
        assertEquals(List.of("first", "merge", "merge"), heard.ran);
        assertEquals(List.of("first"), heard.reused);
        assertEquals(List.of("merge.yml", "out"), GoldenModels.names(folder));
    }

    @Test
    void mergesAStageAgainWhenItsConfigurationSeedOrOptionsDiffer() {
        golden.merge(BOTH, OPTIONS, true, heard);
        golden.merge(BOTH.replace("0.6", "0.5"), OPTIONS, true, heard);
        golden.merge(BOTH, MergeOptions.defaults(43), true, heard);
        assertEquals(List.of("first", "merge", "first", "merge", "first", "merge"), heard.ran);
        assertEquals(List.of(), heard.reused);
    }

    @Test
    void commentsAndOtherDocumentsDoNotMatter() {
        golden.merge(BOTH, OPTIONS, true, heard);
        golden.merge("# a comment\n\n" + BOTH.replace("0.9", "0.8"), OPTIONS, true, heard);
        assertEquals(List.of("first"), heard.reused);
    }

    @Test
    void mergesAStageAgainWhenAnInputWasTouched() throws IOException {
        Path model = Files.createDirectories(folder.resolve("models/t-ft1"));
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(GoldenModels.ROOT.resolve("models/t-ft1").resolve(name), model.resolve(name));
        }
        golden.merge(BOTH, OPTIONS, true, heard);
        Path weights = model.resolve("model.safetensors");
        FileTime before = Files.getLastModifiedTime(weights);
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        Files.setLastModifiedTime(weights, before); // as a copy that preserves times
        golden.merge(BOTH, OPTIONS, true, heard);
        assertEquals(List.of(), heard.reused);
    }

    @Test
    void mergesAStageAgainWhenAFileOfItIsMissing() throws IOException {
        golden.merge(BOTH, OPTIONS, true, heard);
        Path stages = folder.resolve(".out.stages");
        Path stage = stages.resolve(GoldenModels.names(stages).getFirst());
        Files.delete(stage.resolve("config.json"));
        golden.merge(BOTH, OPTIONS, true, heard);
        assertEquals(List.of(), heard.reused);
    }

    private Path keptStage() {
        Path stages = folder.resolve(".out.stages");
        return stages.resolve(GoldenModels.names(stages).getFirst());
    }

    private String refusal() {
        MergingException refusal = assertThrows(
                MergingException.class, () -> golden.merge(BOTH, OPTIONS, true, heard));
        return String.valueOf(refusal.getMessage()).replace(folder + "/", "");
    }

    @Test
    void aDamagedStageIsOneToDelete() throws IOException {
        golden.merge(BOTH, OPTIONS, true, heard);
        Path weights = keptStage().resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[10] = (byte) 0xff;
        Files.write(weights, bytes);
        String stage = folder.relativize(keptStage()).toString();
        assertTrue(refusal().endsWith(". It is the stage 'first': delete " + stage + ", and the stage is made again"),
                refusal());
    }

    @Test
    void aPlaceThatCannotTakeAStageIsSaidToBeAStages() throws IOException {
        golden.merge(BOTH, OPTIONS, true, heard);
        Files.delete(keptStage().resolve("config.json"));
        Files.writeString(keptStage().resolve("stray"), "");
        String stage = folder.relativize(keptStage()).toString();
        assertEquals(stage + ": the stage 'first' cannot be kept here: holds \"stray\", which is no part of an"
                + " earlier output and would be lost. Move it away or name another output folder, or keep stages"
                + " elsewhere with --stage-cache", refusal());

        FolderTree.delete(folder.resolve(".out.stages"));
        Files.writeString(folder.resolve(".out.stages"), "");
        assertEquals(stage + ": the stage 'first' cannot be kept here: cannot be written:"
                + " .out.stages is there already. Name another output folder, or keep stages elsewhere with --stage-cache",
                refusal());
    }

    @Test
    void aStageWithoutATokenizerIsNamed() {
        String union = "name: first\n" + FIRST + "---\nmerge_method: linear\n"
                + "models: [{model: first, parameters: {weight: 1}}]\ntokenizer: {source: union}\n";
        MergingException refusal = assertThrows(MergingException.class, () -> golden.merge(union));
        assertEquals(
                folder.resolve("merge.yml") + ":10:12: the stage 'first' has no tokenizer.json, which merging"
                        + " vocabularies needs: the model whose tokenizer it takes has none, or --no-copy-tokenizer"
                        + " leaves it out. Make one for that model with transformers:"
                        + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder)",
                refusal.getMessage());
    }

    @Test
    void aDamagedTokenizerOfAStageIsReportedWhereItIsAskedFor() throws IOException {
        Path model = Files.createDirectories(folder.resolve("models/t-base"));
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(GoldenModels.ROOT.resolve("models/t-base").resolve(name), model.resolve(name));
        }
        Files.writeString(model.resolve("tokenizer.json"), "{}");
        String union = "name: first\n" + FIRST + "---\nmerge_method: linear\n"
                + "models: [{model: first, parameters: {weight: 1}}]\ntokenizer: {source: union}\n";
        MergingException refusal = assertThrows(MergingException.class, () -> golden.merge(union));
        String start = folder.resolve("merge.yml") + ":10:12: the stage 'first': tokenizer.json: ";
        assertTrue(refusal.getMessage().startsWith(start), refusal.getMessage());
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
    void aStageOfAStageIsMergedAgainWhenTheFirstIs() {
        String three = BOTH.replace("base_model: first", "name: second\nbase_model: first")
                + "---\n" + BLEND.formatted("second");
        golden.merge(three, OPTIONS, true, heard);
        golden.merge(three.replace("0.6", "0.5"), OPTIONS, true, heard);
        assertEquals(List.of("first", "second", "merge", "first", "second", "merge"), heard.ran);
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
    void aStagesNameGoesBeforeAFolderOfThatName() throws IOException {
        Files.createDirectory(folder.resolve("first"));
        golden.merge(BOTH, OPTIONS, false, heard);
        assertEquals(List.of("first", "merge"), heard.ran);
    }

    @Test
    void anOutputThatIsNotOursIsRefusedBeforeTheStagesRun() throws IOException {
        Files.createDirectory(folder.resolve("out"));
        Files.writeString(folder.resolve("out").resolve("thesis.tex"), "x");
        assertThrows(MergingException.class, () -> golden.merge(BOTH, OPTIONS, false, heard));
        assertEquals(List.of(), heard.ran);
    }

    @Test
    void theTokenizerOfAStageThatIsNotThereYetIsTheOneItWillHave() throws IOException {
        String models = GoldenModels.ROOT.resolveSibling("mergekit-tokenizer").resolve("models").toString();
        String first = """
                merge_method: linear
                models:
                  - {model: MODELS/base, parameters: {weight: 0.5}}
                  - {model: MODELS/chatml, parameters: {weight: 0.5}}
                tokenizer: {source: union}
                """.replace("MODELS", models);
        String second = """
                merge_method: linear
                models:
                  - {model: first, parameters: {weight: 0.5}}
                  - {model: MODELS/user, parameters: {weight: 0.5}}
                tokenizer: {source: union}
                """.replace("MODELS", models);
        Files.move(golden.merge(first), folder.resolve("by-hand"));
        var expected = GoldenModels.values(golden.merge(second.replace("model: first", "model: by-hand")));
        var staged = GoldenModels.values(golden.merge("name: first\n" + first + "---\n" + second));
        assertEquals(expected, staged);
    }
}
