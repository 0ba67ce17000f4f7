package org.llmmerging.eval.model;

import com.fasterxml.jackson.databind.JsonNode;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.Example;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The original kit's own functions, run on rows of its data, give the same answers, scores and texts. */
class KitRunTest {
    private static final double PER_TOKEN = 2e-5;
    private static final double PER_SUM = 1e-3;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kit_head_decoder_llama2",
                "kit_head_decoder_llama2_trunc120",
                "kit_head_decoder_llama3_templatetok",
                "kit_head_decoder_mistral",
                "kit_head_decoder_qwen2",
                "kit_d82d414_decoder_llama2",
                "kit_d82d414_decoder_llama2_trunc120",
                "kit_d82d414_encdec_flan_t5",
                "kit_d82d414_encdec_flan_t5_trunc100_gennone",
                "kit_head_encdec_flan_t5"
            })
    void givesTheKitsResults(String run, @TempDir Path folder) throws IOException {
        JsonNode kit = Golden.json(Golden.kitFolder().resolve(run + ".json"));
        model(kit.path("model").asText(), folder);
        for (int tokens : new int[] {1, 1000, 20000}) {
            PredictorOptions options = PredictorOptions.defaults()
                    .withLengths(length(kit.path("max_seq_len")), length(kit.path("max_gen_len")))
                    .withTokensPerBatch(tokens);
            try (ModelPredictor predictor = ModelPredictor.open(folder, options, PredictionProgress.NONE)) {
                List<Executable> checks = new ArrayList<>();
                if (!kit.path("cosmos_qa").isEmpty()) {
                    checkChoices(predictor, rows("cosmos_qa"), kit.path("cosmos_qa"), checks);
                }
                if (kit.has("test_mc")) {
                    checkChoices(predictor, rows("test_mc"), kit.path("test_mc"), checks);
                }
                checkTexts(predictor, kit.path("xsum"), checks);
                assertTrue(checks.size() >= 12);
                assertAll(checks);
            }
        }
    }

    private static void checkChoices(
            ModelPredictor predictor, List<String> prompts, JsonNode expected, List<Executable> checks) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < expected.size(); i++) {
            List<String> choices = new ArrayList<>();
            expected.get(i).path("answer_choices").forEach(choice -> choices.add(choice.asText()));
            examples.add(new Example("" + i, prompts.get(i), null, choices));
        }
        List<double[]> scores = predictor.predictMultipleChoice(examples);
        List<List<float[]>> tokens = predictor.tokenLogProbabilities(examples);
        int skipped = predictor.model() instanceof DecoderModel ? 1 : 0;
        for (int i = 0; i < expected.size(); i++) {
            JsonNode row = expected.get(i);
            double[] actual = scores.get(i);
            List<float[]> actualTokens = tokens.get(i);
            checks.add(() -> {
                assertEquals(row.path("choice_logprobs").size(), actual.length);
                int best = 0;
                for (int choice = 0; choice < actual.length; choice++) {
                    assertEquals(row.path("choice_logprobs").get(choice).doubleValue(), actual[choice], PER_SUM);
                    best = actual[choice] > actual[best] ? choice : best;
                    JsonNode each = row.path("token_logprobs").path(choice);
                    for (int token = 0; token < each.size(); token++) {
                        assertEquals(
                                each.get(token).doubleValue(), actualTokens.get(choice)[token + skipped], PER_TOKEN);
                    }
                }
                assertEquals(row.path("predicted_choice").intValue(), best);
            });
        }
    }

    private static void checkTexts(ModelPredictor predictor, JsonNode expected, List<Executable> checks)
            throws IOException {
        List<String> prompts = rows("xsum");
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < expected.size(); i++) {
            examples.add(new Example("" + i, prompts.get(i), null, List.of()));
        }
        List<String> texts = predictor.generate(examples);
        for (int i = 0; i < expected.size(); i++) {
            String text = expected.get(i).path("text").asText();
            String actual = texts.get(i);
            checks.add(() -> assertEquals(text, actual));
        }
    }

    private static List<String> rows(String name) throws IOException {
        Path file = Golden.kitFolder().resolve("rows").resolve(name + ".csv");
        try (CsvReader<NamedCsvRecord> reader = CsvReader.builder().ofNamedCsvRecord(file)) {
            return reader.stream().map(row -> row.getField("input")).toList();
        }
    }

    private static @Nullable Integer length(JsonNode node) {
        return node.isNull() ? null : (Integer) node.intValue();
    }

    /** The runs over models that have no tokenizer were made with llama2's. */
    private static void model(String name, Path folder) {
        Golden.copy(Golden.model("llama2"), folder, "token");
        Golden.copy(Golden.model(name), folder, "");
    }
}
