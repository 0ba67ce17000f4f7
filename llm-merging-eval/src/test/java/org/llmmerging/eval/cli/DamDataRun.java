package org.llmmerging.eval.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs of dam data for two models, with a few rows for each. */
record DamDataRun(Path first, Path second) {
    /** Writes the rows. */
    static DamDataRun in(Path folder) throws IOException {
        Path first = folder.resolve("first.csv");
        Files.writeString(first, "instruction,output\nSay one,one\nSay two,two\nSay three,three\n");
        Path second = folder.resolve("second.jsonl");
        Files.writeString(second,
                "{\"question\": \"Who?\", \"answer\": \"I\"}\n{\"question\": \"Why?\", \"answer\": \"So\"}\n");
        return new DamDataRun(first, second);
    }

    CommandLineRun run(Path output, Path firstModel, Path secondModel, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of(
                "dam", "data", "--quiet", "--dataset_names", first + "," + second, "--model_ids",
                firstModel + "," + secondModel, "--base_model_name", secondModel, "--dataset_id", output));
        arguments.addAll(Arrays.asList(more));
        return CommandLineRun.of(arguments.toArray());
    }
}
