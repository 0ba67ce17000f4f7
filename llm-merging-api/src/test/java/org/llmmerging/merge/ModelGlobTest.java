package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.Sources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ModelGlobTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void makeRuns() throws IOException {
        for (String run : List.of("b/checkpoint-1", "a/checkpoint-2", "a/checkpoint-1", "a/other",
                ".hidden/checkpoint-1")) {
            Files.createDirectories(folder.resolve("runs").resolve(run));
        }
        Files.writeString(folder.resolve("runs/a/checkpoint-3"), "a file, no model");
    }

    @Test
    void becomesOneModelForEachFolderInTheOrderOfNames() throws IOException {
        assertEquals(
                List.of("runs/a/checkpoint-1", "runs/a/checkpoint-2", "runs/b/checkpoint-1"),
                paths(expand("merge_method: linear\nmodels: [{model: 'runs/*/checkpoint-*'}]")));
    }

    @Test
    void aQuestionMarkStandsForOneCharacter() throws IOException {
        assertEquals(
                List.of("runs/a/checkpoint-1", "runs/b/checkpoint-1"),
                paths(expand("merge_method: linear\nmodels: [{model: 'runs/?/checkpoint-1'}]")));
    }

    @Test
    void linearWithoutWeightsIsAUniformSoup() throws IOException {
        List<Sources.Input> inputs = expand("merge_method: linear\nmodels: [{model: 'runs/*/checkpoint-*'}]");
        for (Sources.Input input : inputs) {
            assertEquals(1.0 / 3, weight(input));
        }
    }

    @Test
    void aWeightOfTheModuleHoldsForEachModel() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                merge_method: linear
                modules:
                  first: {models: [{model: "runs/?"}], parameters: {weight: 3, normalize: false}}
                  second: {models: [{model: "runs/?"}]}
                """);
        MergeConfig config = expand(file);
        Map<String, Sources.OutputModule> modules = ((Sources.Modules) config.sources()).modules();
        assertEquals(
                List.of(0, 0, 1, 1),
                modules.values().stream()
                        .flatMap(module -> ((Sources.Models) module.sources()).inputs().stream())
                        .map(input -> input.parameters().byName().size())
                        .toList());
    }

    @Test
    void aWeightOfTheEntryHoldsForEachModel() throws IOException {
        List<Sources.Input> inputs = expand(
                "merge_method: linear\nmodels: [{model: 'runs/a/*', parameters: {weight: 2}}]");
        assertEquals(3, inputs.size());
        inputs.forEach(input -> assertEquals(2.0, weight(input)));
    }

    @Test
    void otherMethodsGetNoWeights() throws IOException {
        List<Sources.Input> inputs = expand(
                "merge_method: task_arithmetic\nbase_model: x\nmodels: [{model: 'runs/a/*'}]");
        inputs.forEach(input -> assertTrue(input.parameters().byName().isEmpty()));
    }

    @Test
    void theAdapterGoesWithEachModel() throws IOException {
        assertEquals(
                List.of("runs/a/checkpoint-1+lora", "runs/b/checkpoint-1+lora"),
                paths(expand("merge_method: linear\nmodels: [{model: 'runs/*/checkpoint-1+lora'}]")));
    }

    @Test
    void anAbsolutePatternStaysAbsolute() throws IOException {
        assertEquals(
                List.of(folder + "/runs/a/other"),
                paths(expand("merge_method: linear\nmodels: [{model: '" + folder + "/runs/*/other'}]")));
    }

    @Test
    void theNameOfAStageIsNoPattern() throws IOException {
        Files.createDirectories(folder.resolve("stage1"));
        assertEquals(List.of("stage?+lora"), paths(expand("merge_method: linear\nmodels: [{model: 'stage?+lora'}]")));
    }

    @Test
    void everyPatternThatMatchesNothingIsTold() {
        ConfigException problem = assertThrows(
                ConfigException.class,
                () -> expand("merge_method: linear\nmodels: [{model: 'none/*'}, {model: 'runs/*/checkpoint-9'}]"));
        assertTrue(problem.getMessage().contains("'none/*'"), problem.getMessage());
        assertTrue(problem.getMessage().contains("'runs/*/checkpoint-9'"), problem.getMessage());
        assertTrue(problem.getMessage().contains("c.yml:2:"), problem.getMessage());
    }

    @Test
    void aPatternThatIsNoPathMatchesNothing() {
        ConfigException problem = assertThrows(
                ConfigException.class, () -> expand("merge_method: linear\nmodels: [{model: \"a\\0b/*\"}]"));
        assertTrue(problem.getMessage().contains("no folder matches 'a"), problem.getMessage());
    }

    private List<Sources.Input> expand(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), yaml + "\n");
        return ((Sources.Models) expand(file).sources()).inputs();
    }

    private MergeConfig expand(Path file) {
        ModelGlob patterns = new ModelGlob(Set.of("stage?"), List.of(folder));
        MergeConfig config = patterns.expand(MergeConfig.read(file)).getFirst();
        patterns.problems().throwIfAny();
        return config;
    }

    private static double weight(Sources.Input input) {
        return input.parameters().byName().get("weight").forTensor("any").orElseThrow().at(0);
    }

    private static List<String> paths(List<Sources.Input> inputs) {
        return inputs.stream().map(input -> input.model().toString()).toList();
    }
}
