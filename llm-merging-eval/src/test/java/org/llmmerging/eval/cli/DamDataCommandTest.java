package org.llmmerging.eval.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.tokenizer.KitTokenizer;
import org.llmmerging.eval.train.dam.data.DamDataset;
import org.llmmerging.eval.train.dam.data.DamSequence;
import org.llmmerging.eval.train.dam.data.StoredLogits;
import org.llmmerging.eval.train.dam.data.TopKLogits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DamDataCommandTest {
    @TempDir
    private Path folder;

    private Path first;
    private Path second;
    private Path output;

    @BeforeEach
    void writeTrainingData() throws IOException {
        first = folder.resolve("first.csv");
        Files.writeString(first, "instruction,output\nSay one,one\nSay two,two\nSay three,three\n");
        second = folder.resolve("second.jsonl");
        Files.writeString(second,
                "{\"question\": \"Who?\", \"answer\": \"I\"}\n{\"question\": \"Why?\", \"answer\": \"So\"}\n");
        output = folder.resolve("out");
    }

    private CommandLineRun run(String model, Object... more) {
        return runOn(Golden.model(model), Golden.model(model), more);
    }

    private CommandLineRun runOn(Path firstModel, Path secondModel, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of(
                "dam", "data", "--quiet", "--dataset_names", first + "," + second, "--model_ids",
                firstModel + "," + secondModel, "--base_model_name", secondModel, "--dataset_id", output));
        arguments.addAll(Arrays.asList(more));
        return CommandLineRun.of(arguments.toArray());
    }

    @Test
    void putsPromptAndAnswerTogetherAsTheEvaluationDoes() {
        CommandLineRun run = run("llama2", "--example_count", 10);
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.err().contains("has 2 rows, fewer than the 10 of --example_count: the set has 2"), run.err());
        try (DamDataset set = DamDataset.open(output);
                KitTokenizer tokenizer = KitTokenizer.open(Golden.model("llama2"), null)) {
            assertEquals(2, set.size());
            assertEquals(StoredLogits.NONE, set.info().logits());
            assertEquals(2, set.info().models().size());
            List<String> answers = List.of("I", "So");
            List<String> questions = List.of("Who?", "Why?");
            List<DamSequence> expected = IntStream.range(0, 2)
                    .mapToObj(i -> IntStream.concat(
                            IntStream.of(tokenizer.encodePrompt(questions.get(i))),
                            IntStream.of(tokenizer.encodeTarget(answers.get(i)))).toArray())
                    .map(tokens -> new DamSequence(tokens, new int[0]))
                    .toList();
            assertTrue(expected.contains(set.sequence(1, 0)));
            assertTrue(expected.contains(set.sequence(1, 1)));
            assertFalse(set.sequence(1, 0).equals(set.sequence(1, 1)));
        }
    }

    /** So many tokens that the mask of attention alone has more elements than an array can have. */
    @Test
    void saysSoWhenMemoryDoesNotSuffice() throws IOException {
        Files.writeString(first, "instruction,output\nSay one," + "x".repeat(46_400) + "\n");
        CommandLineRun run = run("llama2", "--compute_logits", "--max_length", 50_000);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("memory does not suffice for the logits of rows of up to 50000 tokens"),
                run.err());
        assertTrue(run.err().contains("--max_length"), run.err());
    }

    @Test
    void giveEncoderDecodersLabels() {
        CommandLineRun run = run("flan_t5", "--compute_logits", "--base_model_dataset_name", first);
        assertEquals(0, run.exitCode(), run.err());
        try (DamDataset set = DamDataset.open(output);
                KitTokenizer tokenizer = KitTokenizer.open(Golden.model("flan_t5"), null)) {
            assertTrue(set.info().encoderDecoder());
            assertEquals(3, set.info().models().size());
            assertTrue(set.info().models().get(2).isBase());
            int[] labels = set.sequence(1, 0).labels();
            assertTrue(Arrays.equals(tokenizer.encodeTarget("I"), labels)
                    || Arrays.equals(tokenizer.encodeTarget("So"), labels));
            assertEquals(labels.length * set.info().vocabularySize(), set.fullLogits(1, 0).length);
        }
    }

    @Test
    void reportsAnswersThatAreCut() throws IOException {
        Files.writeString(first, "instruction,output\na,one two three four five six seven\n");
        Files.writeString(second, "{\"question\": \"b\", \"answer\": \"c\"}\n");
        CommandLineRun run = run("flan_t5", "--max_length", 8);
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.err().contains("first.csv: 1 of 1 rows are longer than 8 tokens and are cut"), run.err());
        assertFalse(run.err().contains("second.jsonl: 1"), run.err());
    }

    @Test
    void keepsTheLargestLogitsAndIsTheSameTwice() throws IOException {
        String[] options = {"--add_top_k_logits", "true", "--k", "4", "--max_length", "5", "--seed", "3"};
        assertEquals(0, run("llama2", (Object[]) options).exitCode());
        byte[] logits = Files.readAllBytes(output.resolve("logits.safetensors"));
        byte[] rows = Files.readAllBytes(output.resolve("train.jsonl"));
        CommandLineRun again = run("llama2", (Object[]) options);
        assertEquals(0, again.exitCode());
        assertTrue(again.err().contains("rows are longer than 5 tokens and are cut"), again.err());
        assertArrayEquals(logits, Files.readAllBytes(output.resolve("logits.safetensors")));
        assertArrayEquals(rows, Files.readAllBytes(output.resolve("train.jsonl")));
        try (DamDataset set = DamDataset.open(output)) {
            TopKLogits top = set.topKLogits(0, 1);
            assertEquals(set.sequence(0, 1).positions(), top.positions());
            for (int i = 0; i < top.values().length; i++) {
                assertTrue(i % 4 == 0 || top.values()[i - 1] >= top.values()[i]);
            }
        }
    }

    /** A checkpoint with the adapter merged into it, in float32, has the same logits. */
    @Test
    void runsAnAdapterOnTheBaseModel() throws IOException {
        Path models = Path.of("").toAbsolutePath().resolveSibling("models");
        Path adapter;
        try (Stream<Path> walked = Files.walk(models)) {
            adapter = walked.filter(file -> file.endsWith("adapter_config.json")).sorted().findFirst().orElseThrow()
                    .getParent();
        }
        Path base = adapter.resolveSibling("base");
        Path config = Files.writeString(folder.resolve("merge.yaml"), """
                merge_method: passthrough
                models:
                  - model: %s+%s
                dtype: float32
                """.formatted(base, adapter));
        Path merged = folder.resolve("merged");
        CommandLineRun merge = CommandLineRun.of("merge", "--quiet", config, merged);
        assertEquals(0, merge.exitCode(), merge.err());
        List<byte[]> logits = new ArrayList<>();
        for (Path model : List.of(adapter, merged, base)) {
            CommandLineRun run = CommandLineRun.of("dam", "data", "--quiet", "--dataset_names", first, "--model_ids",
                    model,
                    "--base_model_name", base, "--dataset_id", output, "--add_top_k_logits", "--k", "7");
            assertEquals(0, run.exitCode(), run.err());
            logits.add(Files.readAllBytes(output.resolve("logits.safetensors")));
        }
        assertArrayEquals(logits.get(1), logits.get(0));
        assertFalse(Arrays.equals(logits.get(2), logits.get(0)));
    }

    @Test
    void appliesTheChatTemplateOfAModelThatHasOne() throws IOException {
        Path model = Files.createDirectory(folder.resolve("chat"));
        Golden.copy(Golden.model("llama2"), model, "");
        Files.writeString(model.resolve("chat_template.jinja"),
                "{{ bos_token }}{% if tools is not none or documents is not none %}t:{% endif %}"
                        + "{% for m in messages %}{{ m.role[0] ~ ':' ~ m.content }}{% endfor %}{{ eos_token }}");
        CommandLineRun run = runOn(model, Golden.model("llama2"));
        assertEquals(0, run.exitCode(), run.err());
        try (DamDataset set = DamDataset.open(output);
                KitTokenizer tokenizer = KitTokenizer.open(model, null)) {
            assertTrue(set.info().models().get(0).chatTemplate());
            assertFalse(set.info().models().get(1).chatTemplate());
            int[] tokens = set.sequence(0, 0).inputIds();
            assertTrue(tokenizer.decode(tokens).matches("u:Say (one|two|three)a:(one|two|three)"),
                    tokenizer.decode(tokens));
            assertEquals(tokenizer.eosId().getAsInt(), tokens[tokens.length - 1]);
            assertEquals(tokenizer.encodePrompt("x")[0], tokens[0]);
        }
        Files.writeString(model.resolve("chat_template.jinja"), "{{ raise_exception('no users') }}");
        CommandLineRun refused = runOn(model, Golden.model("llama2"));
        assertEquals(3, refused.exitCode());
        assertTrue(refused.err().contains("the chat template refuses the conversation: no users"), refused.err());
        Files.writeString(model.resolve("chat_template.jinja"), "{% if x %}{{ y ");
        CommandLineRun malformed = runOn(model, Golden.model("llama2"));
        assertEquals(3, malformed.exitCode(), malformed.err());
        assertTrue(malformed.err().contains("chat_template.jinja: the chat template is no Jinja: its line 1"),
                malformed.err());
    }

    @Test
    void findsDataSetsInTheHubsCache() throws IOException {
        Path repository = folder.resolve("cache/datasets--org--rows");
        Path data = Files.createDirectories(repository.resolve("snapshots/c0ffee/data"));
        Files.createDirectories(repository.resolve("refs"));
        Files.writeString(repository.resolve("refs/main"), "c0ffee");
        Files.copy(Path.of("src/test/resources/golden/dam/choices.parquet"), data.resolve("train-00000.parquet"));
        Path model = Golden.model("llama2");
        CommandLineRun run = CommandLineRun.of("dam", "data", "--quiet", "--dataset_names", "org/rows", "--model_ids",
                model,
                "--base_model_name", model, "--dataset_id", output, "--cache_dir", folder.resolve("cache"));
        assertEquals(0, run.exitCode(), run.err());
        try (DamDataset set = DamDataset.open(output)) {
            assertEquals(3, set.size());
            assertTrue(set.info().models().get(0).files().getFirst().path().endsWith("train-00000.parquet"));
        }
        CommandLineRun absent = CommandLineRun.of("dam", "data", "--dataset_names", "org/none", "--model_ids", model,
                "--base_model_name", model, "--dataset_id", output, "--cache_dir", folder.resolve("cache"));
        assertEquals(5, absent.exitCode());
        assertTrue(absent.err().contains("hf download --repo-type dataset org/none"), absent.err());
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

    @Test
    void asksForADataSetForEachModel() {
        CommandLineRun run = CommandLineRun.of("dam", "data", "--dataset_names", first, "--model_ids", "a,b",
                "--base_model_name", "c", "--dataset_id", output);
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("--model_ids names 2 models and --dataset_names 1"), run.err());
        assertEquals(2, CommandLineRun.of("dam").exitCode());
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> left = Files.list(folder)) {
            assertFalse(left.anyMatch(file -> file.getFileName().toString().contains("out")));
        }
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
}
