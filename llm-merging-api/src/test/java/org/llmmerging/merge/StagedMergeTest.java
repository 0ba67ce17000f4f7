package org.llmmerging.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StagedMergeTest {
    static final String FIRST = """
            merge_method: dare_ties
            base_model: models/t-base
            models:
              - {model: models/t-ft1, parameters: {weight: 0.6, density: 0.5}}
              - {model: models/t-ft2, parameters: {weight: 0.4, density: 0.7}}
            """;
    static final String BLEND = """
            merge_method: slerp
            base_model: %s
            models: [{model: models/t-ft3}]
            parameters: {t: [0.1, 0.9]}
            """;
    static final String BOTH = "name: first\n" + FIRST + "---\n" + BLEND.formatted("first");
    static final MergeOptions OPTIONS = MergeOptions.defaults(42);

    @TempDir
    private Path folder;

    private GoldenModels golden;
    private final Heard heard = new Heard();

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
    void aTokenizerIsFoundInAnOutputWhosePathLeadsThroughAMissingFolder() throws IOException {
        new TokenizedModels(folder).model("a", TokenizedModels.wordPiece("\"x\": 0"), 1);
        String copy = "merge_method: linear\nmodels: [{model: a, parameters: {weight: 1}}]\n";
        golden.merge(copy, OPTIONS, folder.resolve("missing/../out"), false, heard);
        assertTrue(Files.exists(folder.resolve("out/tokenizer.json")));
        assertEquals(List.of(), heard.notes);
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

    @Test
    void aStageOfAStageIsMergedAgainWhenTheFirstIs() {
        String three = BOTH.replace("base_model: first", "name: second\nbase_model: first")
                + "---\n" + BLEND.formatted("second");
        golden.merge(three, OPTIONS, true, heard);
        golden.merge(three.replace("0.6", "0.5"), OPTIONS, true, heard);
        assertEquals(List.of("first", "second", "merge", "first", "second", "merge"), heard.ran);
    }

    @Test
    void aStagesNameGoesBeforeAFolderOfThatName() throws IOException {
        Files.createDirectory(folder.resolve("first"));
        golden.merge(BOTH, OPTIONS, false, heard);
        assertEquals(List.of("first", "merge"), heard.ran);
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

    static Path keptStage(Path folder) {
        Path stages = folder.resolve(".out.stages");
        return stages.resolve(GoldenModels.names(stages).getFirst());
    }
}
