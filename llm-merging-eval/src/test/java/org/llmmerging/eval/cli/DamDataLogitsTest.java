package org.llmmerging.eval.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.train.dam.data.DamDataset;
import org.llmmerging.eval.train.dam.data.TopKLogits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The logits that dam data keeps beside the rows. */
class DamDataLogitsTest {
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
        return data.run(output, Golden.model(model), Golden.model(model), more);
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
}
