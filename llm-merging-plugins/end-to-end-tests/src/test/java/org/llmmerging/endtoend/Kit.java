package org.llmmerging.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Starts {@code main} of this repository as a process.
 *
 * @param workingFolder where it is started
 * @param home the folder whose configurations, models, data and plugins it takes
 * @param environment variables that are set besides
 */
record Kit(Path workingFolder, Path home, Map<String, String> environment) {
    /** This repository. */
    static final Path REPOSITORY = Path.of(System.getProperty("llm.merging.home"));

    /** Many times what a run takes, for a machine may have other work. */
    static final int LONGEST_RUN_SECONDS = 600;

    /** Runs are short: what a second compiler would gain is less than it costs. */
    private static final String JAVA_OPTIONS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1";

    /** The kit as it was built, started in a folder. */
    static Kit in(Path workingFolder) {
        return new Kit(workingFolder, REPOSITORY, Map.of());
    }

    /** The kit with what is in another folder in place of its own. */
    Kit withHome(Path other) {
        return new Kit(workingFolder, other, environment);
    }

    /** The kit with a variable of the environment. */
    Kit with(String variable, Object value) {
        return new Kit(workingFolder, home, Map.of(variable, value.toString()));
    }

    /** Runs a command to its end. */
    Outcome run(Object... arguments) throws IOException, InterruptedException {
        try (Running running = start(arguments)) {
            return running.await();
        }
    }

    /** Starts a command. */
    Running start(Object... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(REPOSITORY.resolve("main").toString());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Path output = Files.createTempFile("main", ".out");
        Path messages = Files.createTempFile("main", ".err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(workingFolder.toFile())
                .redirectOutput(output.toFile())
                .redirectError(messages.toFile());
        builder.environment().put("LLM_MERGING_NO_BUILD", "1");
        builder.environment().put("LLM_MERGING_JAVA_OPTS", JAVA_OPTIONS
                + (home.equals(REPOSITORY) ? "" : " -Dllm.merging.home=" + home));
        builder.environment().putAll(environment);
        return new Running(builder.start(), String.join(" ", command), output, messages);
    }

    /** A command that runs. */
    record Running(Process process, String command, Path output, Path messages) implements AutoCloseable {

        /** Waits for the end. */
        Outcome await() throws IOException, InterruptedException {
            assertTrue(process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS), command + " does not end");
            return new Outcome(
                    command, process.exitValue(), Files.readAllLines(output), Files.readString(messages));
        }

        /** Waits until the command has said something on standard error. */
        void awaitMessage(String part) throws IOException, InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_RUN_SECONDS);
            while (!Files.readString(messages).contains(part)) {
                assertTrue(
                        process.isAlive() && System.nanoTime() < end,
                        () -> command + " does not say '" + part + "'");
                Thread.sleep(20);
            }
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            Files.deleteIfExists(output);
            Files.deleteIfExists(messages);
        }
    }
}
