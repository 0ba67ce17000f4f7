package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.llmmerging.checkpoint.OtherProcess.DEAD;
import static org.llmmerging.checkpoint.OutputFixture.write;

class OutputTargetTest {
    @TempDir
    Path parent;

    private Path target;

    @BeforeEach
    void nameTarget() throws IOException {
        parent = parent.toRealPath();
        target = parent.resolve("out");
    }

    private String refusal(Path... inputs) {
        return OutputFixture.refusal(parent, target, inputs);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "scores.json,scores.jsonl,predictions", "config.json,model.safetensors.index.json,README.md",
                "dam.json,coefficients.safetensors", "dataset.json,train.jsonl",
                "config.json,model.safetensors,tokenizer.json",
            })
    void replacesWhatIsEmptyOrLooksLikeAnOutput(String files) throws IOException {
        Files.createDirectory(target);
        for (String file : files.split(",", 0)) {
            if (!file.isEmpty()) {
                Files.createFile(target.resolve(file));
            }
        }
        StagedFolder.create(target).close();
        if (!files.isEmpty()) {
            Files.createFile(target.resolve("notes.txt"));
            assertTrue(refusal().contains("holds \"notes.txt\", which is no part of an earlier output"));
        }
    }

    @Test
    void refusesTheFolderThatTheCommandRunsInAndThoseThatHoldIt() {
        Path here = Path.of("").toAbsolutePath();
        assertTrue(problem(here).startsWith("is the folder that the command runs in, and would be replaced"));
        assertTrue(problem(Path.of(".")).startsWith("is the folder that the command runs in, and would be replaced"));
        assertTrue(problem(here.getParent()).startsWith("holds the folder that the command runs in, and would be"));
    }

    @Test
    void refusesWhereAFileSystemIsMounted() {
        assumeTrue(Files.exists(Path.of("/proc/self/mountinfo")), "no Linux");
        assertEquals(
                "cannot be replaced, for a file system is mounted there. Name a folder in it",
                problem(Path.of("/proc")));
    }

    private static String problem(Path target) {
        return assertThrows(OutputException.class, () -> StagedFolder.check(target, List.of())).problem();
    }

    @Test
    void replacesPredictionsAndNothingThatLiesAmongThem() throws IOException {
        Path predictions = Files.createDirectories(target.resolve("predictions"));
        Files.createFile(target.resolve("scores.json"));
        for (String file : List.of("xsum.csv", "xsum.jsonl", ".xsum.csv.tmp-" + DEAD + "-1f")) {
            Files.createFile(predictions.resolve(file));
        }
        StagedFolder.create(target).close();
        Files.createFile(predictions.resolve("thesis.txt"));
        Files.createFile(target.resolve("notes.txt"));
        assertTrue(refusal().contains("holds \"notes.txt\", \"predictions/thesis.txt\", which is no part"));
    }

    @Test
    void replacesNothingInAListedFolderThatIsNotListedItself() throws IOException {
        Path templates = Files.createDirectories(target.resolve("templates"));
        Files.createFile(templates.resolve("tools.jinja"));
        Files.writeString(target.resolve("manifest.json"),
                "{\"method\": \"linear\", \"files\": [{\"name\": \"templates/tools.jinja\"}]}");
        StagedFolder.create(target).close();
        Files.createFile(templates.resolve("mine.jinja"));
        assertTrue(refusal().contains("holds \"templates/mine.jinja\", which is no part"));
    }

    @Test
    void replacesWhatAnEvaluationAddedToAModelWithinTheOutput() throws IOException {
        Path predictions = Files.createDirectories(target.resolve("base/predictions"));
        Files.writeString(target.resolve("manifest.json"),
                "{\"generator\": \"x\", \"files\": [{\"name\": \"base/config.json\"}]}");
        List<String> files = List.of("config.json", "scores.json", "scores.jsonl", "predictions/xsum.jsonl",
                ".scores.json.tmp-" + DEAD + "-1f", "predictions/.xsum.csv.tmp-" + DEAD + "-1f");
        for (String file : files) {
            Files.createFile(target.resolve("base").resolve(file));
        }
        StagedFolder.create(target).close();
        Files.createFile(predictions.resolve("thesis.txt"));
        assertTrue(refusal().contains("holds \"base/predictions/thesis.txt\", which is no part"));
    }

    @Test
    void everythingElseIsInTheWayOfAnOutputThatIsNoModel() throws IOException {
        Set<String> own = Set.of("dam.json", "coefficients.safetensors");
        StagedFolder.checkHoldsOnly(target, own);
        Files.createDirectory(target);
        Files.createFile(target.resolve("dam.json"));
        Files.createFile(target.resolve(".dam.json.tmp-" + DEAD + "-1f"));
        StagedFolder.checkHoldsOnly(target, own);
        for (String name : List.of("config.json", "model.safetensors", "model-00001-of-00002.safetensors")) {
            Path file = Files.createFile(target.resolve(name));
            OutputException refusal = assertThrows(OutputException.class,
                    () -> StagedFolder.checkHoldsOnly(target, own));
            assertTrue(refusal.getMessage().contains("holds a model, which would be lost"), refusal.getMessage());
            Files.delete(file);
        }
        for (String name : List.of("train.jsonl", "scores.json")) {
            Path file = Files.createFile(target.resolve(name));
            OutputException refusal = assertThrows(
                    OutputException.class, () -> StagedFolder.checkHoldsOnly(target, own));
            assertEquals(target + ": holds \"" + name
                    + "\", which would be lost. Move it away or name another output folder", refusal.getMessage());
            Files.delete(file);
        }
    }

    @Test
    void replacesWhatAManifestOfOursLists() throws IOException {
        Files.createDirectory(target);
        Files.createFile(target.resolve("soup.txt"));
        Path manifest = target.resolve("manifest.json");
        Files.writeString(manifest, "{\"name\": \"an extension of a browser\", \"files\": [{\"name\": \"soup.txt\"}]}");
        assertTrue(refusal().contains("not an earlier output"));
        Files.writeString(manifest, "{\"method\": \"linear\", \"files\": [{\"name\": \"soup.txt\"}]}");
        StagedFolder.create(target).close();
        Files.writeString(manifest,
                "{\"generator\": \"x\", \"files\": [{\"name\": \"base/config.json\"}, {\"name\": \"soup.txt\"}]}");
        Files.createDirectory(target.resolve("base"));
        StagedFolder.create(target).close();
        Files.createDirectory(target.resolve("other"));
        assertTrue(refusal().contains("holds \"other\""));
    }

    @Test
    void replacesWhatHoldsTheRestsOfAKilledWriteOfAFileOfAnOutput() throws IOException {
        Files.createDirectory(target);
        Files.createFile(target.resolve(".scores.json.lock-" + DEAD + "-1f"));
        StagedFolder.create(target).close();
        Files.createFile(target.resolve(".scores.json.tmp-" + DEAD + "-1f"));
        Files.createFile(target.resolve("scores.json"));
        StagedFolder.create(target).close();
        Files.createFile(target.resolve(".thesis.txt.tmp-" + DEAD + "-1f"));
        assertTrue(refusal().contains("holds \".thesis.txt.tmp-" + DEAD + "-1f\", which is no part"));
    }

    @Test
    void doesNotReplaceTheCheckpointsOfATraining() throws IOException {
        Files.createDirectories(target.resolve("checkpoint-500"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.createFile(target.resolve(file));
        }
        assertTrue(refusal().contains("holds \"checkpoint-500\", which is no part of an earlier output"));
        target = target.resolve("checkpoint-500");
        Files.writeString(target.resolve("manifest.json"), "{\"step\": 500}");
        assertTrue(refusal().contains("is not empty and not an earlier output"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"thesis.txt", "config.json", "model.safetensors", "manifest.json"})
    void refusesToReplaceAnythingElse(String file) throws IOException {
        Files.createDirectory(target);
        Files.createFile(target.resolve(file));
        assertTrue(refusal().contains("not an earlier output (it holds \"" + file + "\")"));
    }

    @Test
    void refusesAFile() throws IOException {
        Files.createFile(target);
        assertTrue(refusal().contains("is a file, expected a folder"));
    }

    @Test
    void refusesALinkThatLeadsNowhere() throws IOException {
        Files.createSymbolicLink(target, parent.resolve("gone"));
        assertTrue(refusal().contains("is a link that leads nowhere"));
        target = target.resolve("inner");
        assertTrue(refusal().contains("/out, which leads nowhere"));
    }

    @Test
    void refusesAnInputItsParentAndItsContent() throws IOException {
        write(target, "input");
        assertTrue(refusal(target).contains("the input " + target));
        Path link = Files.createSymbolicLink(parent.resolve("link"), target);
        assertTrue(refusal(link).contains("Inputs are never written to"));
        Path inside = target.resolve("model.safetensors");
        assertTrue(refusal(inside).contains("the input " + inside));
        Path input = target;
        target = link.resolve("inner");
        assertThrows(OutputException.class, () -> StagedFolder.create(target, List.of(input)).close());
        target = input.resolve("inner");
        assertTrue(refusal(input).contains("the input " + input));
        target = parent.resolve("out2");
        StagedFolder.create(target, List.of(input)).close();
    }
}
