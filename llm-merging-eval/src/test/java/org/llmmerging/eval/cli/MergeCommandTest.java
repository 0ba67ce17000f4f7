package org.llmmerging.eval.cli;

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
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code merge} with mergekit-yaml's options, on starter models. */
class MergeCommandTest {
    private static final Path MODELS = Path.of("..", "models", "llama3").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    private Path config;
    private Path output;

    @BeforeEach
    void writeConfiguration() throws IOException {
        config = folder.resolve("merge.yml");
        output = folder.resolve("out");
        Files.writeString(config, """
                merge_method: dare_linear
                base_model: BASE/base
                models:
                  - {model: BASE/arithmetic, parameters: {weight: 0.5, density: 0.5}}
                  - {model: BASE/summaries, parameters: {weight: 0.5, density: 0.5}}
                """.replace("BASE", MODELS.toString()));
    }

    @Test
    void theSeedDecidesAndTheThreadsDoNot() throws IOException {
        byte[] first = weights("--random-seed", "7", "--num-threads", "1");
        assertArrayEquals(first, weights("--random-seed", "7", "--num-threads", "3"));
        assertFalse(Arrays.equals(first, weights("--random-seed", "8")));
    }

    @Test
    void outShardSizeIsInBytes() throws IOException {
        CommandLineRun run = CommandLineRun.of("merge", config, output, "--out-shard-size", "200KB", "--quiet");
        assertEquals(0, run.exitCode(), run.err());
        for (String name : names()) {
            if (name.endsWith(".safetensors")) {
                assertTrue(Files.size(output.resolve(name)) < 210_000, name);
            }
        }
        assertTrue(names().contains("model.safetensors.index.json"));
    }

    @Test
    void tokenizerAndCardCanBeLeftOut() throws IOException {
        assertEquals(0, CommandLineRun.of("merge", config, output, "--quiet").exitCode());
        assertTrue(names().containsAll(List.of("tokenizer.json", "README.md", "mergekit_config.yml")));
        CommandLineRun run = CommandLineRun.of("merge", config, output, "--quiet", "--no-copy-tokenizer",
                "--no-write-model-card");
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(
                List.of("config.json", "generation_config.json", "manifest.json", "model.safetensors"), names());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--lazy-unpickle", "--lazy-loader", "--low-cpu-memory", "--clone-tensors", "--trust-remote-code",
                "--cuda",
                "--gpu-rich", "--read-to-gpu", "--multi-gpu", "--device=cuda", "--lora-merge-cache=x",
                "--no-safe-serialization", "--async-write", "--write-threads=2"
            })
    void anOptionThatIsNotNeededSaysWhyInOneLine(String option) {
        CommandLineRun run = CommandLineRun.of("merge", config, output, option);
        assertEquals(0, run.exitCode(), run.err());
        String name = option.replaceFirst("=.*", "");
        assertEquals(1, run.err().lines().filter(line -> line.startsWith(name + " has no effect: ")).count(),
                run.err());
    }

    @Test
    void theHelpHasOptionsWithoutEffectAtItsEnd() {
        List<String> lines = CommandLineRun.of("merge", "--help").out().lines().toList();
        int heading = lines.indexOf("Taken so that command lines for mergekit work, without effect:");
        List<String> options = lines.stream().map(String::strip).toList();
        assertTrue(heading > 0, lines::toString);
        assertTrue(options.subList(heading, options.size()).stream().anyMatch(line -> line.startsWith("--[no-]cuda")));
        assertTrue(options.subList(0, heading).stream().anyMatch(line -> line.startsWith("--random-seed=")));
        assertTrue(options.subList(0, heading).stream().noneMatch(line -> line.startsWith("--[no-]cuda")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--no-cuda", "--no-lazy-unpickle", "--safe-serialization", "--device=cpu", "--no-allow-crimes",
                "--copy-tokenizer", "--write-model-card", "--no-trust-remote-code"
            })
    void whatIsSoAnywayNeedsNoWord(String option) {
        CommandLineRun run = CommandLineRun.of("merge", config, output, option);
        assertEquals(0, run.exitCode(), run.err());
        assertFalse(run.err().contains("no effect"), run.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--out-shard-size=5TB", "--out-shard-size=0", "--out-shard-size=-1", "--num-threads=0",
                "--num-threads=many",
                "--lora-merge-dtype=float8", "--random-seed=x"
            })
    void aValueThatCannotBeIsAUsageError(String option) {
        CommandLineRun run = CommandLineRun.of("merge", config, output, option);
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().startsWith("error: "), run.err());
        assertFalse(Files.exists(output));
    }

    @Test
    void quietSaysNothing() {
        assertEquals("", CommandLineRun.of("merge", config, output, "--quiet", "--cuda").err());
    }

    @Test
    void hubModelsAreLookedForInTheCacheThatIsNamed() throws IOException {
        Path commit = folder.resolve("cache/models--org--tiny/snapshots/abc");
        Files.createDirectories(commit);
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(MODELS.resolve("base").resolve(name), commit.resolve(name));
        }
        Path reference = Files.createDirectories(folder.resolve("cache/models--org--tiny/refs"));
        Files.writeString(reference.resolve("main"), "abc");
        Files.writeString(config, "merge_method: passthrough\nmodels: [{model: org/tiny}]\n");
        assertEquals(3, CommandLineRun.of("merge", config, output, "--quiet").exitCode());
        CommandLineRun run = CommandLineRun.of(
                "merge", config, output, "--quiet", "--transformers-cache", folder.resolve("cache"));
        assertEquals(0, run.exitCode(), run.err());
    }

    @Test
    void stagesCanBeKeptInAFolderOfTheirOwn() throws IOException {
        Path cache = folder.resolve("stages");
        Files.writeString(
                config,
                "name: first\n" + Files.readString(config)
                        + "---\nmerge_method: passthrough\nmodels: [{model: first}]\n");
        CommandLineRun.of("merge", config, output, "--stage-cache", cache);
        CommandLineRun again = CommandLineRun.of("merge", config, output, "--stage-cache", cache);
        assertEquals(0, again.exitCode(), again.err());
        assertTrue(again.err().contains("first: finished by an earlier run"), again.err());
    }

    private byte[] weights(String... options) throws IOException {
        Object[] words = Stream.concat(Stream.of("merge", config, output, "--quiet"), Stream.of(options)).toArray();
        CommandLineRun run = CommandLineRun.of(words);
        assertEquals(0, run.exitCode(), run.err());
        return Files.readAllBytes(output.resolve("model.safetensors"));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(output)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
