package org.llmmerging.eval.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.Example;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.eval.run.SilentRun;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.plugin.PluginRegistry;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What was measured is taken again, by a later process as well, while nothing that decides it has changed. */
class ResultsRunTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void writeModelAndConfiguration() throws IOException {
        Path base = Files.createDirectories(folder.resolve("models/tiny/base"));
        Golden.copy(Golden.model("llama2"), base, "");
        Path configs = Files.createDirectories(folder.resolve("configs"));
        Files.writeString(configs.resolve("avg_tiny.yaml"), """
                merge_method: linear
                list_models:
                  - [models/tiny/base, null]
                base_model_name: models/tiny/base
                architecture: decoder
                max_seq_len: 64
                max_gen_len: 4
                parameter_lambdas: [1.0]
                """);
    }

    @Test
    void measuresNothingTwice() throws IOException {
        Measurement first = measure("code", "one");
        assertEquals(first, measure("code", "one"));
        assertEquals(1, measurements());
    }

    @Test
    void measuresAnewWithOtherCode() throws IOException {
        measure("code", "one");
        measure("other code", "one");
        assertEquals(2, measurements());
    }

    @Test
    void measuresAnewOnOtherData() throws IOException {
        measure("code", "one");
        measure("code", "two");
        assertEquals(2, measurements());
    }

    @Test
    void measuresAnewWithOtherModels() throws IOException {
        measure("code", "one");
        Path config = folder.resolve("models/tiny/base/config.json");
        Files.writeString(config, Files.readString(config) + "\n");
        measure("code", "one");
        assertEquals(2, measurements());
    }

    private Measurement measure(String code, String data) {
        Dataset dataset = new Dataset("rows", Path.of("rows.csv"), data,
                List.of(new Example("a", "the prompt", "0", List.of("xy", "zw"))));
        try (PluginRegistry registry = PluginRegistry.load(List.of())) {
            ResultsEnvironment environment = new ResultsEnvironment(
                    registry, new Installation(folder), folder.resolve("merged"),
                    MeasurementLog.open(folder.resolve("measured.jsonl")), SilentRun.OPTIONS, List.of(dataset),
                    code, new SilentRun(), new SilentRun());
            return new ResultsRun(environment, "tiny", folder, 0, 2024).base(List.of(dataset));
        }
    }

    private int measurements() throws IOException {
        return Files.readAllLines(folder.resolve("measured.jsonl")).size();
    }
}
