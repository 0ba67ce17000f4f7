package org.llmmerging.eval.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.Example;
import org.llmmerging.SharedFiles;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * What the original kit's own functions gave on real rows, which are {@link SharedFiles}.
 */
class KitGoldenTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kit_d82d414_decoder_llama2",
                "kit_d82d414_decoder_llama2_trunc120",
                "kit_d82d414_encdec_flan_t5",
                "kit_d82d414_encdec_flan_t5_trunc100_gennone"
            })
    void scoresOfTheKitsPredictionsAreTheKits(String name) throws IOException {
        JsonNode golden = json(kit(name + ".json"));
        for (String form : List.of(".csv", ".json")) {
            DatasetResult qa = score(Dataset.read(kit("rows/cosmos_qa" + form)), golden.path("cosmos_qa"));
            double accuracy = golden.path("cosmos_qa_score").path("accuracy").asDouble();
            assertEquals(Map.of("accuracy", accuracy), rounded(qa));

            // The kit reports a bootstrap median, so its figure may be off the mean.
            DatasetResult sum = score(Dataset.read(kit("rows/xsum" + form)), golden.path("xsum"));
            JsonNode expected = golden.path("xsum_score");
            assertEquals(4, expected.size());
            sum.metrics()
                    .forEach((metric, value) -> assertEquals(expected.path(metric).asDouble(), value, 0.0055));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kit_head_merge_llama_avg", "kit_head_merge_tiny_llama_avg"})
    void submissionFileIsByteForByteTheKits(String name, @TempDir Path folder) throws IOException {
        JsonNode golden = json(kit(name + ".json"));
        for (String set : List.of("cosmos_qa", "xsum")) {
            DatasetResult result = score(Dataset.read(kit("rows/" + set + ".csv")), golden.path(set));
            PredictionFiles.write(folder, result);
            assertEquals(
                    golden.path("submission_csv").path(set + ".csv").asText(),
                    Files.readString(folder.resolve(set + ".csv")));
        }
    }

    @Test
    void jsonAndCsvFormsOfTheKitHoldTheSameRows() {
        for (String set : List.of("cosmos_qa", "xsum")) {
            List<Example> csv = Dataset.read(kit("rows/" + set + ".csv")).examples();
            List<Example> json = Dataset.read(kit("rows/" + set + ".json")).examples();
            assertEquals(csv.size(), json.size());
            for (int i = 0; i < csv.size(); i++) {
                Example old = json.get(i);
                assertEquals(csv.get(i), new Example(csv.get(i).id(), old.input(), old.target(), old.choices()));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"cosmos_qa, 500, 500, 500", "xsum, 200, 0, 200", "test, 807, 457, 0"})
    void readsTheKitsRealSets(String name, int rows, int choosing, int scored) {
        Dataset dataset = Dataset.read(SharedFiles.require("kit-data/" + name + ".csv"));
        assertEquals(rows, dataset.size());
        assertEquals(choosing, dataset.multipleChoiceCount());
        assertEquals(scored, dataset.scoredCount());
    }

    private static DatasetResult score(Dataset dataset, JsonNode rows) {
        assertEquals(dataset.size(), rows.size());
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            String id = dataset.examples().get(i).id();
            JsonNode scores = rows.get(i).path("choice_logprobs");
            if (scores.isArray()) {
                double[] values = new double[scores.size()];
                for (int j = 0; j < values.length; j++) {
                    values[j] = scores.get(j).asDouble();
                }
                predictions.add(Prediction.ofScores(id, values));
                assertEquals(
                        rows.get(i).path("predicted_choice").asText(),
                        predictions.getLast().text());
            } else {
                predictions.add(Prediction.ofText(id, rows.get(i).path("text").asText()));
            }
        }
        return DatasetResult.score(dataset, predictions, false);
    }

    private static Map<String, Double> rounded(DatasetResult result) throws IOException {
        JsonNode line = new ObjectMapper().readTree(SummaryLine.of(new EvaluationResult(List.of(result)).scores()));
        return Map.of(
                "accuracy", line.path(result.dataset().name()).path("accuracy").asDouble());
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    private static Path kit(String name) {
        return SharedFiles.require("golden/hf/kit/" + name);
    }
}
