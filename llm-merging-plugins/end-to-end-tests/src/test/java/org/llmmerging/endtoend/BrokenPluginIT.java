package org.llmmerging.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.Merges;
import org.llmmerging.MergesProvider;
import org.llmmerging.plugin.PluginJarBuilder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Plugins that cannot be used: each is reported with its jar, and whatever does not need it works. */
class BrokenPluginIT {
    @TempDir
    Path folder;

    private Path plugins = Path.of("");
    private Path jar = Path.of("");

    @BeforeEach
    void makeAPluginFolder() throws IOException {
        plugins = Files.createDirectory(folder.resolve("plugins"));
        jar = plugins.resolve("midpoint.jar");
    }

    /** The broken plugin is a warning, its name is not there, and the kit's own names are. */
    private void assertReported(String... parts) throws IOException, InterruptedException {
        Outcome list = Kit.in(folder).run("list", "--plugins", plugins).succeeded();
        assertEquals(1, list.messages().lines().count(), list::toString);
        assertTrue(list.messages().startsWith("warning: " + jar + ": "), list::toString);
        for (String part : parts) {
            assertTrue(list.messages().contains(part), () -> "no '" + part + "' in " + list);
        }
        assertTrue(list.output().stream().anyMatch(line -> line.startsWith("slerp_llama2 ")), list::toString);
        assertFalse(list.output().stream().anyMatch(line -> line.startsWith("midpoint_llama3")), list::toString);
        Path config = PluginFolder.midpointConfig(folder);
        Outcome run = Kit.in(folder).run("-m", "midpoint_llama3", "--plugins", plugins, "--config", config);
        assertEquals(2, run.exitCode(), run::toString);
        assertTrue(run.messages().contains("error: There is no merge named 'midpoint_llama3'"), run::toString);
        assertFalse(run.messages().contains("\tat "), run::toString);
        assertFalse(Files.exists(folder.resolve("output")));
    }

    @Test
    void aJarThatIsNone() throws Exception {
        Files.writeString(jar, "<html>404 not found</html>");
        assertReported("not a readable jar");
    }

    @Test
    void aJarForANewerJava() throws Exception {
        PluginFolder.midpoint("return base;").majorVersion(44 + 99).build(jar);
        assertReported("built for Java 99", "--release");
    }

    @Test
    void aConstructorThatThrows() throws Exception {
        PluginFolder.midpoint("if (true) throw new IllegalStateException(\"no luck\");", "return base;").build(jar);
        assertReported("com.example.Midpoint", "no luck");
    }

    @Test
    void aConstructorThatEndsTheProcess() throws Exception {
        PluginFolder.midpoint("System.exit(0);", "return base;").build(jar);
        assertReported("com.example.Midpoint", "end the process");
    }

    @Test
    void aNameThatIsThereAlreadyNamesBothJars() throws Exception {
        PluginJarBuilder.plugin("com.example.again")
                .source("com.example.Again", """
                        package com.example;

                        import java.util.*;
                        import org.llmmerging.*;

                        public final class Again implements MergesProvider {
                            public Collection<Merges> merges() {
                                return List.of(StandardMerges.named("ties_llama2", "ties", "llama2"));
                            }
                        }
                        """)
                .service(MergesProvider.class, "com.example.Again")
                .build(jar);
        Kit.in(folder)
                .run("list", "--plugins", plugins)
                .failed(6, "ties_llama2", jar.toString(), Kit.REPOSITORY.resolve("plugins/llama2.jar").toString());
    }

    @Test
    void aFolderOfPluginsThatIsNotThere() throws Exception {
        Kit.in(folder).run("list", "--plugins", "nowhere").failed(2, "nowhere", "--plugins");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "return null; | returned null",
                "return new float[3]; | returned 3 elements",
                "base[0] = Float.NaN; return base; | NaN at element 0",
                "return new float[models[0].length + 1]; | elements",
                "throw new IllegalStateException(\"no luck\"); | no luck",
                "return new float[] {models[7][0]}; | Index 7 out of bounds",
                "throw new StackOverflowError(); | StackOverflowError"
            })
    void aMethodThatBreaksItsContractIsNamedAndLeavesNothing(String statements, String problem) throws Exception {
        PluginFolder.midpoint(statements).build(jar);
        Outcome outcome = Kit.in(folder)
                .run("-m", "midpoint_llama3", "--plugins", plugins, "--config", PluginFolder.midpointConfig(folder),
                        "--dataset_filepaths", Inputs.quiz(folder), "--output_folder", "out");
        assertEquals(1, outcome.exitCode(), outcome::toString);
        assertEquals(List.of(), outcome.output());
        for (String part : List.of("error: ", "midpoint", "model.embed_tokens.weight", problem)) {
            assertTrue(outcome.messages().contains(part), () -> "no '" + part + "' in " + outcome);
        }
        assertFalse(outcome.messages().contains("\tat "), outcome::toString);
        assertEquals(
                new TreeSet<>(List.of("midpoint.yaml", "plugins", "plugins/midpoint.jar", "quiz.csv")),
                Inputs.tree(folder));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Path merge(MergeContext context, LoadedModels models) { return null; } | its merge returned null",
                "Path merge(MergeContext context, LoadedModels models) { return context.merge(\"linear\").resolve(\"a\"); } "
                        + "| its merge returned a in the checkpoint folder",
                "Path merge(MergeContext context, LoadedModels models) { return context.checkpointFolder(); } "
                        + "| its merge returned checkpointFolder() without a model in it",
                "Path merge(MergeContext context, LoadedModels models) { context.merge(\"linear\"); "
                        + "return context.merge(\"linear\"); } | holds a model already",
                "Scores evaluate(MergeContext context, Path checkpoint) { return null; } | its evaluate returned null",
                "Scores evaluate(MergeContext context, Path checkpoint) { return new Scores(Map.of(\"quiz\", "
                        + "new HashMap<>() {{ put(\"accuracy\", null); }})); } | null as accuracy of quiz",
            })
    void aStepThatGivesNothingUsableIsNamed(String step, String problem) throws Exception {
        runWith(step).failed(6, "steps_llama: ", problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "void plan(PlanContext context) { throw new IllegalStateException(\"no luck\"); } | plan",
                "LoadedModels load(MergeContext context) { throw new IllegalStateException(\"no luck\"); } | load",
                "Path merge(MergeContext context, LoadedModels models) { throw new IllegalStateException(\"no luck\"); } "
                        + "| merge",
                "Scores evaluate(MergeContext context, Path checkpoint) { throw new IllegalStateException(\"no luck\"); } "
                        + "| evaluate",
            })
    void aStepThatThrowsIsNamedWithItsJar(String step, String name) throws Exception {
        assertFaulty(
                runWith(step),
                "error: " + jar + ": steps_llama: its " + name + " failed: java.lang.IllegalStateException: no luck."
                        + " This is a fault of the plugin or of the kit; --verbose shows where");
    }

    @Test
    void aMethodThatThrowsIsNamedWithItsJar() throws Exception {
        PluginFolder.midpoint("throw new IllegalStateException(\"no luck\");").build(jar);
        Outcome outcome = Kit.in(folder)
                .run("-m", "midpoint_llama3", "--plugins", plugins, "--config", PluginFolder.midpointConfig(folder),
                        "--dataset_filepaths", Inputs.quiz(folder));
        assertFaulty(outcome, "method midpoint (" + jar + ") failed: java.lang.IllegalStateException: no luck");
    }

    private static void assertFaulty(Outcome outcome, String message) {
        assertEquals(1, outcome.exitCode(), outcome::toString);
        assertTrue(outcome.messages().contains(message), outcome::toString);
        assertFalse(outcome.messages().contains("\tat "), outcome::toString);
    }

    /** The folder that it writes into has another name by then, or is gone. */
    @Test
    void aMergeThatCannotWriteNamesTheOutputFolder() throws Exception {
        runWith("Path merge(MergeContext context, LoadedModels models) { throw new"
                + " org.llmmerging.checkpoint.OutputException(context.checkpointFolder().resolve(\"a\"), \"is full\"); }")
                .failed(4, "error: " + folder.toRealPath().resolve("output/steps_llama/a") + ": is full");
    }

    private Outcome runWith(String step) throws Exception {
        PluginJarBuilder.plugin("com.example.steps")
                .source("com.example.Steps", """
                        package com.example;

                        import java.nio.file.Path;
                        import java.util.*;
                        import org.llmmerging.*;

                        public final class Steps implements Merges {
                            public MergesDescription description() {
                                return new MergesDescription("steps_llama", "linear", "llama");
                            }
                            public %s
                        }
                        """.formatted(step))
                .service(Merges.class, "com.example.Steps")
                .build(jar);
        return Kit.in(folder)
                .run("-m", "steps_llama", "--plugins", plugins, "--config",
                        Kit.REPOSITORY.resolve("configs/avg_llama.yaml"), "--dataset_filepaths", Inputs.quiz(folder));
    }

    @Test
    void whatAPluginPrintsIsNotAmongTheResults() throws Exception {
        PluginFolder.midpoint("System.out.println(\"made\");", "System.out.println(\"merging\"); return base;")
                .build(jar);
        Outcome outcome = Kit.in(folder)
                .run("-m", "midpoint_llama3", "--plugins", plugins, "--config", PluginFolder.midpointConfig(folder),
                        "--dataset_filepaths", Inputs.quiz(folder))
                .succeeded();
        assertEquals(1, outcome.output().size(), outcome::toString);
        assertTrue(outcome.lastLine().startsWith("{\"quiz\": {\"accuracy\": "), outcome::toString);
        for (String printed : List.of("made", "merging")) {
            assertTrue(outcome.messages().lines().anyMatch(printed::equals), outcome::toString);
        }
    }

    @Test
    void aMethodThatWritesToItsInputsChangesNoModel() throws Exception {
        Path base = Kit.REPOSITORY.resolve("models/llama3/base/model.safetensors");
        byte[] before = Files.readAllBytes(base);
        PluginFolder.midpoint("""
                java.util.Arrays.fill(base, 7);
                java.util.Arrays.fill(models[0], 7);
                return new float[base.length];
                """).build(jar);
        Kit.in(folder)
                .run("-m", "midpoint_llama3", "--plugins", plugins, "--config", PluginFolder.midpointConfig(folder),
                        "--dataset_filepaths", Inputs.quiz(folder))
                .succeeded();
        assertEquals(
                0, Weights.read(folder.resolve("output/midpoint_llama3")).get("model.norm.weight").elements()[0]);
        assertArrayEquals(before, Files.readAllBytes(base));
    }
}
