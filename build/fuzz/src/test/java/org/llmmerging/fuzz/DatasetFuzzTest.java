package org.llmmerging.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.PredictionFiles;

/** Data sets and predictions of any content are read, or refused with a message. */
class DatasetFuzzTest {
    @TempDir
    private static Path folder;

    private static Dataset dataset;

    @BeforeAll
    static void readDataset() throws Exception {
        String rows = """
                id,input,target,answer_choices,eval_type
                a,Two?,1,"['1', '2']",multiple_choice
                b,Say two,two,,generation
                """;
        dataset = Dataset.read(Files.write(folder.resolve("rows.csv"), rows.getBytes(StandardCharsets.UTF_8)));
    }

    @FuzzTest(maxDuration = "2m")
    void csv(byte[] content) {
        new FuzzedFolder(folder).check("data.csv", content, file -> Dataset.read(file, true));
    }

    @FuzzTest(maxDuration = "2m")
    void json(byte[] content) {
        new FuzzedFolder(folder).check("data.jsonl", content, file -> Dataset.read(file, true));
    }

    @FuzzTest(maxDuration = "2m")
    void predictionsCsv(byte[] content) {
        new FuzzedFolder(folder).check("predictions.csv", content, file -> PredictionFiles.read(file, dataset));
    }

    @FuzzTest(maxDuration = "2m")
    void predictionsJson(byte[] content) {
        new FuzzedFolder(folder).check("predictions.jsonl", content, file -> PredictionFiles.read(file, dataset));
    }
}
