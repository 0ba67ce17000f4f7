package org.llmmerging.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code eval} and {@code -m} give the answers that the original kit gave. */
class OriginalKitIT {
    private static final double TOKEN = 2e-5;
    private static final double SUM = 1e-3;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kit_head_decoder_llama2", "kit_head_decoder_llama2_trunc120", "kit_head_decoder_llama3_templatetok",
                "kit_head_decoder_mistral", "kit_head_decoder_qwen2", "kit_d82d414_decoder_llama2",
                "kit_d82d414_decoder_llama2_trunc120", "kit_d82d414_encdec_flan_t5",
                "kit_d82d414_encdec_flan_t5_trunc100_gennone", "kit_head_encdec_flan_t5"
            })
    void answersAreThoseOfTheOriginalKit(String run) throws Exception {
        JsonNode golden = GoldenFiles.json(GoldenFiles.shared("kit/" + run + ".json"));
        Path model = Files.createDirectory(folder.resolve("model"));
        // The runs over models that have no tokenizer were made with llama2's.
        GoldenFiles.copy(GoldenFiles.FOLDER.resolve("models/llama2"), model, "token");
        GoldenFiles.copy(GoldenFiles.FOLDER.resolve("models").resolve(golden.path("model").asText()), model, "");
        // Its T5 functions failed on the newer form of cosmos_qa and took the choices of test.csv for letters.
        boolean older = run.contains("d82d414");
        List<Object> arguments = new ArrayList<>(List.of("eval", model, "--quiet", "--dataset_filepaths"));
        if (!golden.path("cosmos_qa").isEmpty()) {
            arguments.add(GoldenFiles.shared("kit/rows/cosmos_qa." + (older ? "json" : "csv")));
        }
        boolean hasTest = !golden.path("test_mc").isEmpty() && golden.path("architecture").asText().equals("decoder");
        if (hasTest) {
            arguments.add(GoldenFiles.shared("kit/rows/test_mc.csv"));
        }
        arguments.add(GoldenFiles.shared("kit/rows/xsum." + (older ? "json" : "csv")));
        addLength(arguments, "--max_seq_len", golden.path("max_seq_len"));
        addLength(arguments, "--max_gen_len", golden.path("max_gen_len"));
        Outcome outcome = Kit.in(folder).run(arguments.toArray()).succeeded();

        checkChoices("cosmos_qa", golden.path("cosmos_qa"));
        if (hasTest) {
            checkChoices("test_mc", golden.path("test_mc"));
        }
        checkTexts(golden.path("xsum"));
        if (golden.path("cosmos_qa_score").has("accuracy")) {
            assertEquals(
                    golden.path("cosmos_qa_score").path("accuracy").doubleValue(),
                    GoldenFiles.JSON.readTree(outcome.lastLine()).at("/cosmos_qa/accuracy").doubleValue());
        }
    }

    /** Its averages of adapters are left out: it averaged the two factors of each, which is not the average. */
    @Test
    void aMergeAndItsAnswersAreThoseOfTheOriginalKit() throws Exception {
        JsonNode golden = GoldenFiles.json(GoldenFiles.shared("kit/kit_head_merge_tiny_llama_avg.json"));
        Path config = Files.writeString(folder.resolve("average.yaml"), """
                list_models: [[%s, null], [%s, null]]
                architecture: decoder
                max_gen_len: %d
                parameter_lambdas: [0.8, 0.2]
                """.formatted(
                GoldenFiles.FOLDER.resolve("models/llama2"),
                GoldenFiles.FOLDER.resolve("models/llama2_b"),
                golden.path("max_gen_len").intValue()));
        Kit.in(folder)
                .run("-m", "tiny_llama_avg", "--config", config, "--quiet", "--dataset_filepaths",
                        GoldenFiles.shared("kit/rows/cosmos_qa.csv"), GoldenFiles.shared("kit/rows/xsum.csv"))
                .succeeded();

        Files.move(folder.resolve("output/tiny_llama_avg"), folder.resolve("output/model"));
        GoldenLogits.check(
                folder,
                folder.resolve("output/model"),
                List.of(golden.path("b0")),
                List.of(GoldenFiles.array(
                        GoldenFiles.shared("kit/" + golden.path("arrays").asText()), "b0.logits")));
        checkChoices("cosmos_qa", golden.path("cosmos_qa"));
        checkTexts(golden.path("xsum"));
    }

    private void checkTexts(JsonNode golden) throws IOException {
        List<JsonNode> texts = predictions("xsum");
        assertTrue(texts.size() >= 12);
        assertEquals(golden.size(), texts.size());
        for (int i = 0; i < texts.size(); i++) {
            assertEquals(golden.get(i).path("text").asText(), texts.get(i).path("prediction").asText());
        }
    }

    private void checkChoices(String dataset, JsonNode golden) throws IOException {
        if (golden.isEmpty()) {
            return;
        }
        List<JsonNode> predictions = predictions(dataset);
        assertEquals(golden.size(), predictions.size());
        for (int i = 0; i < golden.size(); i++) {
            JsonNode prediction = predictions.get(i);
            JsonNode expected = golden.get(i).path("choice_logprobs");
            assertEquals(golden.get(i).path("predicted_choice").intValue(), prediction.path("prediction").intValue());
            assertEquals(expected.size(), prediction.path("answer_choices_scores").size());
            for (int choice = 0; choice < expected.size(); choice++) {
                assertEquals(
                        expected.get(choice).doubleValue(),
                        prediction.path("answer_choices_scores").get(choice).doubleValue(),
                        SUM);
            }
        }
    }

    /** Of the tokens that the kit sums, each by itself: from the logits of prompt and choice. */
    @Test
    void logProbabilitiesOfTokensAreThoseOfTheOriginalKit() throws Exception {
        JsonNode rows = GoldenFiles.json(GoldenFiles.shared("kit/kit_head_decoder_llama2.json")).path("cosmos_qa");
        List<JsonNode> sequences = new ArrayList<>();
        for (JsonNode row : rows) {
            for (JsonNode choice : row.path("choice_ids")) {
                ObjectNode batch = GoldenFiles.JSON.createObjectNode();
                var ids = batch.putArray("input_ids").addArray();
                row.path("input_ids").forEach(ids::add);
                choice.forEach(ids::add);
                var mask = batch.putArray("attention_mask").addArray();
                ids.forEach(id -> mask.add(1));
                sequences.add(batch);
            }
        }
        ObjectNode request = GoldenFiles.joined(sequences);
        Path input = Files.writeString(folder.resolve("input.json"), request.toString());
        Path out = folder.resolve("logits.safetensors");
        Path model = GoldenFiles.FOLDER.resolve("models/llama2");
        Kit.in(folder).run("logits", model, "--quiet", "--input", input, "--out", out).succeeded();
        FloatBuffer logits = GoldenFiles.array(out, "logits");
        int width = request.path("input_ids").path(0).size();
        int vocabulary = logits.remaining() / sequences.size() / width;
        int sequence = 0;
        for (JsonNode row : rows) {
            for (int choice = 0; choice < row.path("choice_ids").size(); choice++, sequence++) {
                JsonNode tokens = row.path("choice_ids").get(choice);
                for (int i = 1; i < tokens.size(); i++) {
                    int position = sequence * width + row.path("input_ids").size() + i - 1;
                    assertEquals(
                            row.path("token_logprobs").get(choice).get(i - 1).doubleValue(),
                            logProbability(logits, position * vocabulary, vocabulary, tokens.get(i).intValue()),
                            TOKEN);
                }
            }
        }
        assertEquals(sequences.size(), sequence);
    }

    private static double logProbability(FloatBuffer logits, int begin, int vocabulary, int token) {
        double sum = 0;
        for (int i = 0; i < vocabulary; i++) {
            sum += Math.exp(logits.get(begin + i));
        }
        return logits.get(begin + token) - Math.log(sum);
    }

    private List<JsonNode> predictions(String dataset) throws IOException {
        List<JsonNode> predictions = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("output/model/predictions/" + dataset + ".jsonl"))) {
            predictions.add(GoldenFiles.JSON.readTree(line));
        }
        return predictions;
    }

    private static void addLength(List<Object> arguments, String option, JsonNode length) {
        if (!length.isNull()) {
            arguments.add(option);
            arguments.add(length.intValue());
        }
    }
}
