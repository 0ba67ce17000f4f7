package org.llmmerging.eval.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.tokenizer.KitTokenizer;
import org.llmmerging.eval.train.dam.data.DamDataset;
import org.llmmerging.eval.train.dam.data.DamSequence;
import org.llmmerging.eval.train.dam.data.StoredLogits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DamDataCommandTest {
    @TempDir
    private Path folder;

    private DamDataRun data;
    private Path first;
    private Path second;
    private Path output;

    @BeforeEach
    void writeTrainingData() throws IOException {
        data = DamDataRun.in(folder);
        first = data.first();
        second = data.second();
        output = folder.resolve("out");
    }

    private CommandLineRun run(String model, Object... more) {
        return runOn(Golden.model(model), Golden.model(model), more);
    }

    private CommandLineRun runOn(Path firstModel, Path secondModel, Object... more) {
        return data.run(output, firstModel, secondModel, more);
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
}
