package org.llmmerging.eval.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PlanCommandTest {
    private static final Path MODELS = Path.of("..", "models", "llama3").toAbsolutePath().normalize();
    private static final String UP = "model.layers.1.mlp.up_proj.weight";

    @TempDir
    private Path folder;

    private Path config;

    @BeforeEach
    void writeConfiguration() throws IOException {
        config = write("""
                merge_method: ties
                base_model: BASE/base
                models:
                  - {model: BASE/arithmetic, parameters: {weight: 0.5, density: 0.25}}
                  - {model: BASE/summaries, parameters: {weight: [0, 1]}}
                """);
    }

    @Test
    void printsWhatIsReadNeededAndWritten() throws IOException {
        CommandLineRun run = CommandLineRun.of("plan", config);
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().startsWith("result: ties\n"), run.out());
        assertTrue(run.out().contains("in 1 file, 20 tensors, 459392 elements of bfloat16"), run.out());
        assertTrue(run.out().contains("  memory  "), run.out());
        assertEquals(List.of("merge.yml"), names());
    }

    @Test
    void explainsATensorByItsWholeName() {
        CommandLineRun run = CommandLineRun.of("plan", config, "--explain", UP);
        assertTrue(run.out().contains("  " + UP + "  bfloat16 [352, 128]  ties  normalize = 1.0"), run.out());
        assertTrue(run.out().contains("arithmetic  bfloat16  weight = 0.5  density = 0.25"), run.out());
        assertTrue(run.out().contains("summaries  bfloat16  weight = 1.0  density = 1.0"), run.out());
    }

    @Test
    void explainsEveryTensorWithAPartOfItsName() {
        CommandLineRun run = CommandLineRun.of("plan", config, "--explain", "up_proj");
        assertEquals(2, run.out().lines().filter(line -> line.contains("up_proj.weight  ")).count(), run.out());
    }

    @Test
    void aTensorThatIsNotThereIsAnError() {
        CommandLineRun run = CommandLineRun.of("plan", config, "--explain", "nothing");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("--explain nothing"), run.err());
    }

    @Test
    void printsJson() throws IOException {
        JsonNode plan = new ObjectMapper()
                .readTree(CommandLineRun.of("plan", config, "--json", "--explain", UP).out());
        JsonNode merge = plan.get("merges").get(0);
        assertEquals("ties", merge.get("method").asText());
        assertEquals(3 * 918_784, merge.get("readBytes").asLong());
        assertEquals(918_784, merge.get("writtenBytes").asLong());
        assertEquals(1, merge.get("tensors").size());
        assertEquals(0.25,
                merge.get("tensors").get(0).get("inputs").get(1).get("parameters").get("density").asDouble());
        assertTrue(merge.get("memory").get("heapBytes").asLong() > 0);
    }

    @Test
    void tellsEverythingThatIsWrongAtOnce() throws IOException {
        CommandLineRun run = CommandLineRun.of("plan", write("""
                merge_method: ties
                base_model: BASE/base
                models:
                  - {model: BASE/arithmetic, parameters: {wieght: 0.5}}
                  - {model: BASE/summaries, parameters: {weight: 1, densty: 0.5}}
                """));
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("wieght") && run.err().contains("densty"), run.err());
        assertTrue(run.err().contains("merge.yml:4:"), run.err());
    }

    @Test
    void aModelThatIsNotThereIsToldWithItsExitCode() throws IOException {
        CommandLineRun run = CommandLineRun.of("plan",
                write("merge_method: passthrough\nmodels: [{model: org/none}]\n"));
        assertEquals(3, run.exitCode());
        assertTrue(run.err().contains("org/none"), run.err());
    }

    @Test
    void stagesCannotBeKeptWithinTheOutput() throws IOException {
        Path staged = write("""
                name: first
                merge_method: passthrough
                models: [{model: BASE/base}]
                ---
                merge_method: passthrough
                models: [{model: first}]
                """);
        Path output = folder.resolve("out");
        CommandLineRun run = CommandLineRun.of("plan", staged, output, "--stage-cache", output.resolve("cache"));
        assertEquals(4, run.exitCode(), run.err());
        assertTrue(run.err().contains("the stage 'first' cannot be kept here: lies within the output"), run.err());
        assertFalse(Files.exists(output));
    }

    @Test
    void needsEitherAFileOrAName() {
        assertEquals(2, CommandLineRun.of("plan").exitCode());
        assertEquals(2, CommandLineRun.of("plan", config, "-m", "slerp_llama").exitCode());
    }

    @Test
    void aConfigurationOfTheKitGoesWithAName() {
        CommandLineRun run = CommandLineRun.of("plan", config, "--config", "/nonexistent.yaml");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("--config goes with -m"), run.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-m slerp_llama out | takes neither CONFIG nor OUT_DIR",
                "-m slerp_llama --keep-stages | --stage-cache and --keep-stages go with a CONFIG",
                "-m slerp_llama --stage-cache x | --stage-cache and --keep-stages go with a CONFIG",
                "x.yml --configs x | --configs goes with -m",
            })
    void whatWouldHaveNoEffectIsRefused(String words, String expected) {
        CommandLineRun run = CommandLineRun.of((Object[]) ("plan " + words).split(" "));
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains(expected), run.err());
    }

    @Test
    void readsNoWeights() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        Files.copy(MODELS.resolve("base/config.json"), model.resolve("config.json"));
        byte[] weights = Files.readAllBytes(MODELS.resolve("base/model.safetensors"));
        Arrays.fill(weights, weights.length - 300_000, weights.length, (byte) 0xff); // not a number
        Files.write(model.resolve("model.safetensors"), weights);
        Path file = write("merge_method: linear\nmodels: [{model: " + model + ", parameters: {weight: 1}}]\n");
        assertEquals(0, CommandLineRun.of("plan", file).exitCode());
        assertFalse(CommandLineRun.of("merge", file, folder.resolve("out"), "--quiet").exitCode() == 0);
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("merge.yml"), yaml.replace("BASE", MODELS.toString()));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
