package org.llmmerging.eval.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.config.ConfigException;
import org.llmmerging.eval.model.Golden;
import picocli.CommandLine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LogitsCommandTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"llama2", "gemma2", "llama2_bf16", "flan_t5"})
    void writesTheReferencesLogits(String name) throws IOException {
        JsonNode cases = Golden.json(Golden.folder().resolve(name + ".json"));
        for (JsonNode batch : cases.path("batches")) {
            Path out = folder.resolve("new").resolve("logits.safetensors");
            assertEquals(0, run(name, input(batch), out));
            String array = batch.path("logits").asText();
            float[] expected = Golden.array(Golden.folder().resolve(name + ".safetensors"), array);
            float[] actual = Golden.array(out, "logits");
            assertEquals(expected.length, actual.length);
            JsonNode mask = batch.has("labels_mask") ? batch.path("labels_mask") : batch.path("attention_mask");
            int width = mask.get(0).size();
            int vocabulary = expected.length / mask.size() / width;
            for (int i = 0; i < expected.length; i++) {
                int position = i / vocabulary;
                if (mask.get(position / width).get(position % width).intValue() == 1) {
                    assertEquals(expected[i], actual[i], 2e-5, array);
                }
            }
        }
        try (Stream<Path> left = Files.list(folder.resolve("new"))) {
            assertEquals(List.of("logits.safetensors"), left.map(f -> f.getFileName().toString()).toList());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}| input_ids is missing",
                "{\"input_ids\": []}| input_ids is not a list of rows",
                "{\"input_ids\": [[1, 2], [3]]}| input_ids is not a list of rows",
                "{\"input_ids\": [[1, 2.5]]}| input_ids is not a list of rows",
                "{\"input_ids\": [[1]], \"attention_masks\": [[0]]}| is not known. Did you mean 'attention_mask'?",
                "{\"input_ids\": [[1, 264]]}| input_ids has token 264 in row 0",
                "{\"input_ids\": [[1]], \"attention_mask\": [[1, 1]]}| differ in shape",
                "{\"input_ids\": [[1]], \"attention_mask\": [[2]]}| attention_mask has other values than 0 and 1",
                "{\"input_ids\": [[1, 5, 9, 5], [1, 5, 9, 5]], \"attention_mask\": [[0, 1, 1, 0], [1, 0, 0, 1]]}|"
                        + " attention_mask has zeros between ones in row 1",
                "{\"input_ids\": [[1]], \"decoder_input_ids\": [[0]]}| the model is a decoder",
                "{\"input_ids\": [[1]| not valid JSON at line 1",
                "{\"input_ids\": [[1]]} {\"input_ids\": [[2]]}| not valid JSON at line 1",
                "{\"input_ids\": [[1]], \"input_ids\": [[2]]}| Duplicate field 'input_ids'"
            })
    void namesTheFileAndWhatIsWrongInIt(String json, String problem) throws IOException {
        Path input = folder.resolve("input.json");
        Files.writeString(input, json);
        Path out = folder.resolve("logits.safetensors");
        MergingException e = assertThrows(ConfigException.class, () -> run("llama2", input, out));
        assertTrue(e.getMessage().contains("input.json"), e.getMessage());
        assertTrue(e.getMessage().contains(problem), e.getMessage());
        assertFalse(Files.exists(out));
    }

    @Test
    void otherKeysOfADumpAreLeftAlone() throws IOException {
        Path input = Files.writeString(folder.resolve("input.json"),
                "{\"input_ids\": [[1, 5]], \"attention_mask\": [[1, 1]], \"output_ids\": [[9]],"
                        + " \"cross_attention_mask\": null}");
        Path out = folder.resolve("logits.safetensors");
        run("llama2", input, out);
        assertTrue(Files.exists(out));
    }

    /** The parser does not say where it is too deep. */
    @Test
    void refusesJsonThatIsNestedTooDeeply() throws IOException {
        Path input = Files.writeString(folder.resolve("input.json"), "[".repeat(3000));
        MergingException e = assertThrows(
                ConfigException.class, () -> run("llama2", input, folder.resolve("out.safetensors")));
        assertTrue(e.getMessage().contains("input.json: not valid JSON (Document nesting depth"), e.getMessage());
    }

    @Test
    void reportsWhyItsInputCannotBeRead() throws IOException {
        Path input = Files.createDirectory(folder.resolve("input.json"));
        MergingException e = assertThrows(
                ConfigException.class, () -> run("llama2", input, folder.resolve("out.safetensors")));
        assertEquals(
                input + ": cannot be read (Is a directory). Give a JSON file with input_ids", e.getMessage());
    }

    @Test
    void asksForDecoderTokensOfAnEncoderDecoder() throws IOException {
        Path input = folder.resolve("input.json");
        Files.writeString(input, "{\"input_ids\": [[5, 1]]}");
        MergingException e = assertThrows(ConfigException.class,
                () -> run("flan_t5", input, folder.resolve("out.safetensors")));
        assertTrue(e.getMessage().contains("decoder_input_ids is missing"), e.getMessage());
    }

    @Test
    void endsWithTheTensorThatNaNLogitsComeFrom() throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        Golden.copy(Golden.model("llama2"), model, "");
        Golden.poison(model.resolve("model.safetensors"), "model.layers.1.mlp.up_proj.weight");
        Path input = Files.writeString(folder.resolve("in.json"), "{\"input_ids\": [[1, 5]]}");
        Path out = folder.resolve("out.safetensors");
        CommandLineRun run = CommandLineRun.of("logits", model, "--input", input, "--out", out);
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("tensor model.layers.1.mlp.up_proj.weight holds a NaN"), run.err());
        assertFalse(Files.exists(out));
    }

    /** So many that the mask of attention alone has more elements than an array can have. */
    @Test
    void saysSoWhenMemoryDoesNotSuffice() throws IOException {
        String ids = "5,".repeat(46_400) + "5";
        Path input = Files.writeString(folder.resolve("in.json"), "{\"input_ids\": [[" + ids + "]]}");
        Path out = folder.resolve("out.safetensors");
        CommandLineRun run = CommandLineRun.of("logits", Golden.model("llama2"), "--input", input, "--out", out);
        assertEquals(1, run.exitCode());
        assertTrue(
                run.err().contains("memory does not suffice for the model and 1 rows of 46401 positions. Give fewer or"
                        + " shorter rows in " + input),
                run.err());
        assertFalse(Files.exists(out));
    }

    @Test
    void namesAModelFolderThatIsNotThere() {
        MergingException e = assertThrows(
                CheckpointException.class,
                () -> run("no_such_model", folder.resolve("input.json"), folder.resolve("out.safetensors")));
        assertTrue(e.getMessage().contains("no_such_model"), e.getMessage());
    }

    private Path input(JsonNode batch) throws IOException {
        Path input = folder.resolve("input.json");
        ((ObjectNode) batch).remove("labels");
        Files.writeString(input, batch.toString());
        return input;
    }

    private static int run(String model, Path input, Path out) {
        return CommandLine.populateCommand(
                new LogitsCommand(),
                Golden.model(model).toString(),
                "--quiet",
                "--input",
                input.toString(),
                "--out",
                out.toString())
                .call();
    }

    @Test
    void neverTakesThePlaceOfADevice() throws IOException {
        Path input = Files.writeString(folder.resolve("in.json"), "{\"input_ids\": [[1]]}");
        CommandLineRun run = CommandLineRun.of("logits", Golden.model("llama2"), "--input", input, "--out",
                "/dev/null");
        assertEquals(4, run.exitCode());
        assertTrue(run.err().contains("is a folder or a device"), run.err());
    }

    /** A limit on the size of files stands for a full disk; {@code bash} counts it in KiB. */
    @Test
    void namesTheOutputAndNotATemporaryFileWhenWritingFails() throws IOException, InterruptedException {
        String row = "[" + "1, ".repeat(999) + "1]";
        Path input = Files.writeString(folder.resolve("in.json"), "{\"input_ids\": [" + row + ", " + row + "]}");
        Path out = folder.resolve("out.safetensors");
        Process process = new ProcessBuilder(
                "bash", "-c", "ulimit -f 1000; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData", "--add-modules=jdk.incubator.vector", "-cp", System.getProperty("java.class.path"),
                Main.class.getName(), "logits", Golden.model("llama2").toString(),
                "--input", input.toString(), "--out", out.toString())
                .redirectErrorStream(true)
                .start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(4, process.waitFor(), told);
        assertTrue(told.contains("error: " + out + ": cannot be written"), told);
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(input), left.toList());
        }
    }

    @Test
    void neverWritesToItsInputs() throws IOException {
        Path model = folder.resolve("model");
        Path input = Files.writeString(folder.resolve("in.json"), "{\"input_ids\": [[1]]}");
        for (Path out : List.of(model.resolve("model.safetensors"), input)) {
            CommandLineRun run = CommandLineRun.of("logits", Files.createDirectories(model), "--input", input, "--out",
                    out);
            assertEquals(4, run.exitCode());
            assertTrue(run.err().contains("is the input or lies within the model"), run.err());
        }
        Path link = Files.createSymbolicLink(folder.resolve("link"), model);
        CommandLineRun run = CommandLineRun.of("logits", link, "--input", input, "--out",
                model.resolve("model.safetensors"));
        assertTrue(run.err().contains("is the input or lies within the model"), run.err());
    }
}
