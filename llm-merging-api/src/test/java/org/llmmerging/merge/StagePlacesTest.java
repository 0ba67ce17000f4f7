package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.plugin.PluginRegistry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.merge.StagedMergeTest.BOTH;
import static org.llmmerging.merge.StagedMergeTest.OPTIONS;

/** Where stages and the result may lie. */
class StagePlacesTest {
    @TempDir
    private Path folder;

    private GoldenModels golden;
    private final Heard heard = new Heard();

    @BeforeEach
    void start() {
        golden = new GoldenModels(folder);
    }

    /** The output would be refused when all stages are merged. */
    @Test
    void aStageWithinTheOutputIsRefusedBeforeAnyRuns() {
        Path output = folder.resolve("out");
        for (Path cache : List.of(output, output.resolve("cache"))) {
            String refusal = refusalWith(BOTH, StageCache.in(cache));
            assertTrue(refusal.startsWith(folder.relativize(cache) + "/first-"), refusal);
            assertTrue(refusal.endsWith(": the stage 'first' cannot be kept here: lies within the output out. Name"
                    + " another output folder, or keep stages elsewhere with --stage-cache"), refusal);
        }
        assertEquals(List.of("merge.yml"), GoldenModels.names(folder));
    }

    @Test
    void whatIsWrongWithTheOutputIsNotSaidOfAStage() throws IOException {
        Path output = inputInFolder().resolve("out");
        MergingException refusal = assertThrows(
                OutputException.class,
                () -> golden.merge(BOTH.replace("models/t-ft3", "input"), OPTIONS, output, false, heard));
        assertTrue(
                String.valueOf(refusal.getMessage()).startsWith(output + ": is, holds or lies within the input "),
                refusal.getMessage());
    }

    private Path inputInFolder() throws IOException {
        Path input = Files.createDirectory(folder.resolve("input"));
        Path model = golden.locator().locate("models/t-ft3", null);
        for (String name : GoldenModels.names(model)) {
            Files.copy(model.resolve(name), input.resolve(name));
        }
        return input;
    }

    @Test
    void aStageWithinAnInputIsRefused() throws IOException {
        Path input = inputInFolder();
        List<String> before = GoldenModels.names(input);
        String refusal = refusalWith(BOTH.replace("models/t-ft3", "input"), StageCache.in(input));
        assertTrue(refusal.contains("the stage 'first' cannot be kept here: is, holds or lies within the input input."),
                refusal);
        assertEquals(before, GoldenModels.names(input));
    }

    private String refusalWith(String yaml, StageCache cache) {
        try (PluginRegistry registry = PluginRegistry.load(List.of());
                StagedPlan plan = golden.plan(yaml, OPTIONS, cache, registry)) {
            MergingException refusal = assertThrows(
                    OutputException.class, () -> new StagedMerge(plan, heard).run(folder.resolve("out")));
            assertEquals(List.of(), heard.ran);
            return String.valueOf(refusal.getMessage()).replace(folder + "/", "");
        }
    }
}
