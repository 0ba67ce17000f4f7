package org.llmmerging.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** {@code score} gives what rouge_score gives. */
class ScoreIT {
    private static final double ROUGE = 1e-9;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void scoresAreThoseOfRougeScore(boolean stem) throws Exception {
        JsonNode golden = GoldenFiles.json(GoldenFiles.FOLDER.resolveSibling("rouge/rouge.json"));
        List<String> rows = new ArrayList<>();
        List<String> predictions = new ArrayList<>();
        for (JsonNode pair : golden.path("pairs")) {
            // An empty reference would be one that is withheld.
            if (!pair.path("reference").asText().isEmpty()) {
                ObjectNode row = GoldenFiles.JSON.createObjectNode();
                row.put("id", pair.path("id").asText()).put("input", "prompt").put("eval_type", "generation");
                rows.add(row.put("target", pair.path("reference").asText()).toString());
                ObjectNode prediction = GoldenFiles.JSON.createObjectNode();
                prediction.put("id", pair.path("id").asText());
                predictions.add(prediction.put("prediction", pair.path("prediction").asText()).toString());
            }
        }
        Path dataset = Files.write(folder.resolve("pairs.jsonl"), rows);
        Path answers = Files.write(folder.resolve("answers.jsonl"), predictions);
        List<Object> arguments = new ArrayList<>(List.of("score", "--dataset", dataset, "--predictions", answers));
        if (stem) {
            arguments.add("--use_stemmer");
        }
        Outcome outcome = Kit.in(folder).run(arguments.toArray()).succeeded();
        JsonNode figures = GoldenFiles.JSON.readTree(outcome.lastLine()).path("pairs");
        assertEquals(4, figures.size());
        for (String metric : List.of("rouge1", "rouge2", "rougeL", "rougeLsum")) {
            double sum = 0;
            int index = 0;
            for (JsonNode pair : golden.path("pairs")) {
                JsonNode score = golden.path("scores").path("stem_" + stem).get(index++).path(metric);
                sum += pair.path("reference").asText().isEmpty() ? 0 : score.path("fmeasure").doubleValue();
            }
            assertEquals(sum / rows.size(), figures.path(metric).doubleValue(), ROUGE, metric);
        }
    }
}
