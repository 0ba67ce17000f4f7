package org.llmmerging.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/** A run that is ended by a signal: the launcher passes it on, and what was half-written goes. */
class SignalIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aMergeThatIsInterruptedLeavesNothing(String signal, int exitCode) throws Exception {
        assumeFalse(isIgnored(signal), () -> "SIG" + signal + " is ignored in this process and so in those it starts,"
                + " as it is in what a shell runs in the background");
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        PluginFolder.midpoint("""
                System.err.println("merging " + name);
                try { Thread.sleep(100_000); } catch (InterruptedException e) { throw new RuntimeException(e); }
                return base;
                """).build(plugins.resolve("midpoint.jar"));
        Path config = PluginFolder.midpointConfig(folder);
        Path quiz = Inputs.quiz(folder);
        TreeSet<String> before = Inputs.tree(folder);
        try (Kit.Running running = Kit.in(folder)
                .start("-m", "midpoint_llama3", "--plugins", plugins, "--config", config, "--dataset_filepaths",
                        quiz)) {
            running.awaitMessage("merging ");
            assertTrue(
                    Inputs.tree(folder).stream().anyMatch(file -> file.startsWith("output/.midpoint_llama3.tmp-")),
                    "nothing is being written, so that this test says nothing");
            send(signal, running);
            assertEquals(exitCode, running.await().exitCode());
        }
        assertEquals(before, Inputs.tree(folder));
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143"})
    void anEvaluationThatIsInterruptedLeavesTheMergedModel(String signal, int exitCode) throws Exception {
        StringBuilder rows = new StringBuilder(Inputs.HEADER);
        for (int row = 0; row < 5000; row++) {
            rows.append(row).append(",Tell me about the number ").append(row)
                    .append(".,It is large.,None,generation\n");
        }
        Path data = Files.writeString(folder.resolve("long.csv"), rows);
        Path model = folder.resolve("output/avg_llama3");
        try (Kit.Running running = Kit.in(folder).start("-m", "avg_llama3", "--dataset_filepaths", data)) {
            running.awaitMessage("merged model: " + model);
            send(signal, running);
            assertEquals(exitCode, running.await().exitCode());
        }
        TreeSet<String> left = Inputs.tree(folder.resolve("output"));
        assertTrue(left.contains("avg_llama3/manifest.json"), left::toString);
        assertTrue(left.stream().noneMatch(file -> file.contains("/.") || file.startsWith(".")), left::toString);
        assertTrue(Files.notExists(model.resolve("scores.json")), left::toString);
    }

    /** Whether this process was set to ignore a signal; what it starts inherits that. */
    private static boolean isIgnored(String signal) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        int number = signal.equals("INT") ? 2 : 15;
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16))
                .anyMatch(ignored -> (ignored >> (number - 1) & 1) == 1);
    }

    private static void send(String signal, Kit.Running running) throws IOException, InterruptedException {
        String pid = Long.toString(running.process().pid());
        assertEquals(0, new ProcessBuilder("kill", "-" + signal, pid).start().waitFor());
    }
}
