package org.llmmerging.eval.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.eval.model.Golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What dam data refuses, before it leaves anything behind or takes anything away. */
class DamDataProblemsTest {
    @TempDir
    private Path folder;

    private DamDataRun data;
    private Path first;
    private Path output;

    @BeforeEach
    void writeTrainingData() throws IOException {
        data = DamDataRun.in(folder);
        first = data.first();
        output = folder.resolve("out");
    }

    private CommandLineRun run(String model, Object... more) {
        return runOn(Golden.model(model), Golden.model(model), more);
    }

    private CommandLineRun runOn(Path firstModel, Path secondModel, Object... more) {
        return data.run(output, firstModel, secondModel, more);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "2| '--k': '0' is no whole number from 1 to 2147483647| --add_top_k_logits true --k 0",
                "2| '--k': '-1' is no whole number from 1 to 2147483647| --add_top_k_logits true --k -1",
                "2| --k says how many logits are kept| --k 5",
                "2| --k asks for 100000| --add_top_k_logits true --k 100000",
                "2| '--max_length': '0' is no whole number from 1 to 2147483647| --max_length 0",
                "2| '--example_count': '0' is no whole number from 1 to 2147483647| --example_count 0",
                "2| --device| --device abacus",
                "5| no such file or folder| --base_model_dataset_name none.csv"
            })
    void refusesOptionsThatCannotBe(int exitCode, String problem, String options) throws IOException {
        CommandLineRun run = run("llama2", (Object[]) options.split(" "));
        assertEquals(exitCode, run.exitCode(), run.err());
        assertTrue(run.err().contains(problem), run.err());
        assertNothingIsLeft();
    }

    @Test
    void asksForADataSetForEachModel() {
        CommandLineRun run = CommandLineRun.of("dam", "data", "--dataset_names", first, "--model_ids", "a,b",
                "--base_model_name", "c", "--dataset_id", output);
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("--model_ids names 2 models and --dataset_names 1"), run.err());
        assertEquals(2, CommandLineRun.of("dam").exitCode());
    }

    @Test
    void refusesModelsOfDifferentVocabulary() throws IOException {
        CommandLineRun run = runOn(Golden.model("llama2"), Golden.model("flan_t5"));
        assertEquals(3, run.exitCode(), run.err());
        assertTrue(run.err().contains("all decoders or all encoder-decoders"), run.err());
        Path other = Files.createDirectory(folder.resolve("other"));
        Golden.copy(Golden.model("llama2"), other, "");
        Path tokenizer = other.resolve("tokenizer.json");
        Files.writeString(tokenizer, Files.readString(tokenizer).replace("\"</s>\"", "\"<end>\""));
        CommandLineRun renamed = runOn(Golden.model("llama2"), other);
        assertEquals(3, renamed.exitCode(), renamed.err());
        assertTrue(renamed.err().contains("has the token '<end>'"), renamed.err());
        assertNothingIsLeft();
    }

    /** The result has the base's tokenizer, whether the base has rows or not. */
    @Test
    void refusesABaseWithOtherTokensThanItsModels() throws IOException {
        Path base = Files.createDirectory(folder.resolve("base"));
        Golden.copy(Golden.model("llama2"), base, "");
        Path tokenizer = base.resolve("tokenizer.json");
        Files.writeString(tokenizer, Files.readString(tokenizer).replace("\"</s>\"", "\"<end>\""));
        CommandLineRun run = CommandLineRun.of("dam", "data", "--quiet", "--dataset_names", first, "--model_ids",
                Golden.model("llama2"), "--base_model_name", base, "--dataset_id", output);
        assertEquals(3, run.exitCode(), run.err());
        assertTrue(run.err().contains("not at all, and " + tokenizer + " at 2."), run.err());
        assertNothingIsLeft();
    }

    @Test
    void tellsOfBadRowsAndLeavesThemOutWhenAsked() throws IOException {
        Files.writeString(first, "instruction,output\nSay one,\nSay two,two\nSay three,three\n");
        CommandLineRun run = run("llama2");
        assertEquals(5, run.exitCode());
        assertTrue(run.err().contains("first.csv: row 1 (line 2): column output is empty"), run.err());
        assertNothingIsLeft();
        CommandLineRun skipped = run("llama2", "--skip_bad_rows");
        assertEquals(0, skipped.exitCode(), skipped.err());
        assertTrue(skipped.err().contains("1 rows are left out"), skipped.err());
    }

    /** Rows that cannot be used would be reported first if they were read. */
    @Test
    void looksAtTheFolderBeforeItReadsAnything() throws IOException {
        Files.writeString(first, "instruction,output\nSay one,\n");
        output = Files.createDirectory(folder.resolve("mine"));
        Path note = Files.writeString(output.resolve("note.txt"), "mine");
        CommandLineRun run = run("llama2");
        assertEquals(4, run.exitCode(), run.err());
        assertTrue(Files.exists(note));
    }

    @Test
    void neverReplacesTheBaseThatIsOnlyNamed() throws IOException {
        output = Files.createDirectory(folder.resolve("base"));
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(Golden.model("llama2").resolve(name), output.resolve(name));
        }
        CommandLineRun run = CommandLineRun.of("dam", "data", "--quiet", "--dataset_names", first, "--model_ids",
                Golden.model("llama2"), "--base_model_name", output, "--dataset_id", output);
        assertEquals(4, run.exitCode(), run.err());
        assertTrue(run.err().contains("is, holds or lies within the input"), run.err());
        assertTrue(Files.exists(output.resolve("model.safetensors")));
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> left = Files.list(folder)) {
            assertFalse(left.anyMatch(file -> file.getFileName().toString().contains("out")));
        }
    }
}
