package org.llmmerging.eval.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.KitVersion;
import org.llmmerging.eval.run.Installation;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MainTest {
    @ParameterizedTest
    @ValueSource(strings = {"--version", "merge -V", "dam train --version"})
    void everyCommandTellsTheVersion(String words) {
        CommandLineRun run = CommandLineRun.of((Object[]) words.split(" "));
        assertEquals(0, run.exitCode());
        assertEquals("llm-merging " + KitVersion.current(), run.out().strip());
    }

    /** Java has one kind of error for both. */
    @ParameterizedTest
    @CsvSource({
        "Java heap space, LLM_MERGING_JAVA_OPTS=-Xmx16g",
        "unable to create native thread: possibly out of memory or process/resource limits reached, ulimit -u",
    })
    void whatIsUsedUpIsNamedWithItsRemedy(String said, String remedy) {
        String message = Main.message(new OutOfMemoryError(said), false);
        assertTrue(message.contains(remedy), message);
    }

    @Test
    void allOfNoNamesIsAMistake(@TempDir Path withoutPlugins) {
        String home = System.setProperty(Installation.HOME_PROPERTY, withoutPlugins.toString());
        try {
            CommandLineRun run = CommandLineRun.of("--all", "--dataset_filepaths", "x.csv");
            assertEquals(2, run.exitCode());
            assertTrue(run.err().startsWith("error: --all: no name is registered"), run.err());
        } finally {
            System.setProperty(Installation.HOME_PROPERTY, home);
        }
    }

    @ParameterizedTest
    @CsvSource({"help, --help", "help eval, eval --help", "help dam train, dam train --help"})
    void helpIsAWordToo(String help, String option) {
        CommandLineRun run = CommandLineRun.of((Object[]) help.split(" "));
        assertEquals(CommandLineRun.of((Object[]) option.split(" ")), run);
        assertTrue(run.out().startsWith("Usage: "), run.out());
    }

    @ParameterizedTest
    @CsvSource({
        "--limit 2 eval models/llama/base, --limit, eval",
        "--quiet list, --quiet, list",
        "-m slerp_llama2 list, --merging_method, list",
    })
    void anOptionBeforeACommandIsRefused(String words, String option, String command) {
        CommandLineRun run = CommandLineRun.of((Object[]) words.split(" "));
        assertEquals(2, run.exitCode());
        assertEquals("", run.out());
        assertTrue(run.err().startsWith("error: " + option + " stands before the command " + command), run.err());
    }

    @ParameterizedTest
    @CsvSource({
        "--limit, eval model --limit 0",
        "--num-threads, merge a.yml out --num_threads 0",
        "--batch_tokens, -m slerp_llama2 --batch-tokens many",
        "--max_seq_len, eval model --max_seq_len -1",
        "--save_every, eval model --save_every 99999999999",
        "--seeds, starter results --seeds 0",
        "--example_count, dam data --example_count 0",
        "--k, dam data --k 0",
        "--scoring, eval model --scoring sum",
    })
    void aValueThatAnOptionCannotHaveIsAUsageError(String option, String words) {
        CommandLineRun run = CommandLineRun.of((Object[]) words.split(" "));
        assertEquals(2, run.exitCode());
        assertTrue(run.err().startsWith("error: Invalid value for option '" + option + "'"), run.err());
        assertTrue(run.err().contains(" --help for the options."), run.err());
    }

    @ParameterizedTest
    @CsvSource({
        "eval, --output_folder=DIR, output.",
        "eval, --device=DEVICE, cpu.",
        "starter train, --output_folder=DIR, models.",
        "starter data, --seed=N, 2024.",
        "dam data, --seed=N, 42.",
    })
    void helpTellsTheDefaultOfTheCommand(String command, String option, String expected) {
        CommandLineRun run = CommandLineRun.of((Object[]) (command + " --help").split(" "));
        String words = run.out().replaceAll("\\s+", " ");
        String described = words.substring(words.indexOf(" " + option + " "));
        assertEquals(expected, described.replaceFirst(".*?Default: (\\S+).*", "$1"), run.out());
    }

    /** Lines may be broken after a dot that begins a word, after a bracket and after hyphens. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "list", "merge", "plan", "eval", "score", "logits", "dam", "dam merge", "dam data", "dam train",
                "starter", "starter train", "starter data", "starter results"
            })
    void helpHasNoLineThatEndsInTheMidstOfAName(String command) {
        CommandLineRun run = CommandLineRun.of((Object[]) (command + " --help").strip().split(" "));
        String help = run.out();
        assertTrue(help.startsWith("Usage: main " + command), help);
        assertFalse(help.lines().anyMatch(line -> line.endsWith(" .") || line.endsWith("-") || line.endsWith("-]")),
                help);
        assertFalse(Pattern.compile("\\.\\R {9,}[a-z]").matcher(help).find(), help);
        assertFalse(Pattern.compile("\\R *\\[=").matcher(help).find(), help);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "merge", "plan", "dam merge", "dam data", "dam train", "starter results"})
    void helpBeginsWithAFewLinesOfUsage(String command) {
        String[] words = (command + " --help").strip().split(" ");
        List<String> lines = CommandLineRun.of((Object[]) words).out().lines().toList();
        List<String> usage = lines.stream().takeWhile(line -> line.matches("(Usage:| {7}).*")).toList();
        assertTrue(usage.size() <= 3 && usage.getLast().endsWith("..."), usage::toString);
        assertTrue(Character.isUpperCase(lines.get(usage.size()).charAt(0)), lines::toString);
    }

    @Test
    void usageThatIsWrittenByHandHasEveryRequiredOption() {
        assertUsage(Main.commandLine(new String[0]));
    }

    private static void assertUsage(CommandLine command) {
        String usage = String.join(" ", command.getCommandSpec().usageMessage().customSynopsis());
        if (!usage.isEmpty()) {
            for (OptionSpec option : command.getCommandSpec().options()) {
                assertTrue(!option.required() || usage.contains(option.longestName() + "="), () -> usage + option);
            }
        }
        command.getSubcommands().values().forEach(MainTest::assertUsage);
    }

    @ParameterizedTest
    @ValueSource(strings = {"merge x.yml", "plan", "eval model --output_folder", "logits model --input in.json --out"})
    void anEmptyNameIsNotTheWorkingFolder(String words) {
        CommandLineRun run = CommandLineRun.of((Object[]) (words + " ").split(" ", -1));
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("the name of a file or folder is empty"), run.err());
    }

    @Test
    void anAcceleratorThatIsNotThereIsToldBeforeAnythingIsDone() {
        CommandLineRun run = CommandLineRun.of("-m", "no_such_name", "--device", "cuda:999");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("error: --device cuda:999: "), run.err());
    }

    @Test
    void anArgumentThatBeginsWithAnAtSignIsAName() {
        CommandLineRun run = CommandLineRun.of("score", "--dataset", "@nowhere.csv", "--predictions", "@nowhere.csv");
        assertTrue(run.err().contains("@nowhere.csv"), run.err());
    }

    @Test
    void whatAFilePutsIntoAMessageDoesNotReachTheTerminal(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"a\\u001b[2Jb\\u0007\"}");
        CommandLineRun run = CommandLineRun.of("eval", folder, "--verbose", "--output_folder", folder.resolve("out"));
        assertEquals(3, run.exitCode(), run.err());
        assertTrue(run.err().contains("a\\u001b[2Jb\\u0007"), run.err());
        assertTrue(run.err().contains("\tat org.llmmerging."), run.err());
        assertTrue(run.err().replaceAll("[\t\n]", "").chars().noneMatch(Character::isISOControl), run.err());
        assertEquals(2, CommandLineRun.of("merge", "\u001b[2J").exitCode());
        run = CommandLineRun.of("\u001b[2J");
        assertFalse(run.err().contains("\u001b"), run.err());
    }

    @Test
    void planSaysWhatMergeWouldRefuseToReplace() {
        Path home = Path.of("..").toAbsolutePath().normalize();
        CommandLineRun run = CommandLineRun.of("plan", home.resolve("README.md"), home.resolve("docs"));
        assertEquals(2, run.exitCode(), "no configuration");
        Path config = Path.of("src/test/resources/plan-of-one.yml").toAbsolutePath();
        run = CommandLineRun.of("plan", config, home.resolve("docs"));
        assertEquals(4, run.exitCode(), run.err());
        assertTrue(run.err().contains("is not empty and not an earlier output"), run.err());
        run = CommandLineRun.of("plan", config, home.resolve("models/llama/base"));
        assertEquals(4, run.exitCode(), run.err());
        assertTrue(run.err().contains("is, holds or lies within the input"), run.err());
    }

    private static final class Failing extends OutputStream {
        private final String reason;

        Failing(String reason) {
            this.reason = reason;
        }

        @Override
        public void write(int value) throws IOException {
            throw new IOException(reason);
        }
    }

    @Test
    void resultsThatAreLostAreNoticedButNotAReaderThatLeaves() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ResultStream whole = new ResultStream(bytes);
        whole.write("text".getBytes(StandardCharsets.UTF_8));
        assertEquals("text", bytes.toString(StandardCharsets.UTF_8));
        assertFalse(whole.isIncomplete());
        ResultStream full = new ResultStream(new Failing("No space left on device"));
        assertThrows(IOException.class, () -> full.write(1));
        assertTrue(full.isIncomplete());
        ResultStream closed = new ResultStream(new Failing("Broken pipe"));
        assertThrows(IOException.class, () -> closed.write(1));
        assertFalse(closed.isIncomplete());
    }
}
