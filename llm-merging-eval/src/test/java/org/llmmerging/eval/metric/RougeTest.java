package org.llmmerging.eval.metric;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.Example;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Golden values: google-research's rouge with NLTK 3.10.3, see {@code reference} in the file. */
class RougeTest {
    private static final double TOLERANCE = 1e-12;
    private static JsonNode golden;

    @BeforeAll
    static void readGolden() throws IOException {
        try (InputStream in = RougeTest.class.getResourceAsStream("/golden/rouge/rouge.json")) {
            golden = new ObjectMapper().readTree(in);
        }
        assertEquals(60, golden.path("pairs").size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void splitsTextsIntoTheSameWordsAsTheReference(boolean stem) {
        RougeTokenizer tokenizer = new RougeTokenizer(stem);
        for (JsonNode pair : golden.path("pairs")) {
            for (String side : List.of("prediction", "reference")) {
                List<String> expected = new ArrayList<>();
                pair.path("tokens_stem_" + stem).path(side).forEach(token -> expected.add(token.asText()));
                assertEquals(expected, tokenizer.tokenize(pair.path(side).asText()), describe(pair));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void scoresEveryPairAsTheReferenceDoes(boolean stem) {
        Rouge rouge = new Rouge(stem);
        for (int i = 0; i < golden.path("pairs").size(); i++) {
            JsonNode pair = golden.path("pairs").get(i);
            JsonNode expected = golden.path("scores").path("stem_" + stem).get(i);
            assertScores(
                    expected,
                    rouge.score(
                            pair.path("prediction").asText(),
                            pair.path("reference").asText()),
                    describe(pair));
        }
    }

    /** The reference takes, in each variant, the score against the text that gives the highest F1. */
    @Test
    void scoresOneOfSeveralReferencesAsTheReferenceDoes() {
        assertEquals(false, golden.path("multi_reference").isEmpty());
        for (JsonNode item : golden.path("multi_reference")) {
            Map<RougeType, RougeScore> best = new EnumMap<>(RougeType.class);
            Rouge rouge = new Rouge(item.path("use_stemmer").asBoolean());
            String prediction = item.path("prediction").asText();
            item.path("references").forEach(reference -> rouge.score(prediction, reference.asText()).forEach(
                    (type, score) -> best.merge(type, score, (one, other) -> other.f1() > one.f1() ? other : one)));
            assertScores(item.path("scores"), best, prediction);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void corpusFigureIsTheMeanOfF1(boolean stem) {
        List<Example> examples = new ArrayList<>();
        List<String> predictions = new ArrayList<>();
        for (JsonNode pair : golden.path("pairs")) {
            examples.add(new Example(
                    pair.path("id").asText(), "prompt", pair.path("reference").asText(), List.of()));
            predictions.add(pair.path("prediction").asText());
        }
        Map<String, Double> metrics = Metrics.of(examples, predictions, stem);
        assertEquals(List.of("rouge1", "rouge2", "rougeL", "rougeLsum"), List.copyOf(metrics.keySet()));
        JsonNode aggregate = golden.path("aggregate").path("stem_" + stem);
        metrics.forEach((metric, value) -> {
            assertEquals(aggregate.path("mean_fmeasure").path(metric).asDouble(), value, TOLERANCE);
            double bootstrap = aggregate
                    .path("hf_evaluate_mid_fmeasure_numpy_seed0")
                    .path(metric)
                    .asDouble();
            assertEquals(bootstrap, value, 0.005);
        });
    }

    @Test
    void emptyAgainstEmptyIsZero() {
        new Rouge(false).score("", "").forEach((type, score) -> assertEquals(RougeScore.ZERO, score, type.metric()));
    }

    @Test
    void aTextWithoutAsciiWordsScoresZero() {
        new Rouge(true).score("한국어", "한국어").forEach((type, score) -> assertEquals(RougeScore.ZERO, score));
    }

    /** The example of the ROUGE paper, section 3.2: the union of "w1 w2" and "w1 w3 w5" covers 4 of 5 words. */
    @Test
    void summaryLevelScoreUnitesSubsequences() {
        Map<RougeType, RougeScore> scores = new Rouge(false).score("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", "w1 w2 w3 w4 w5");
        RougeScore summary = scores.getOrDefault(RougeType.ROUGE_LSUM, RougeScore.ZERO);
        assertEquals(4.0 / 5, summary.recall(), TOLERANCE);
        assertEquals(4.0 / 10, summary.precision(), TOLERANCE);
    }

    private static void assertScores(JsonNode expected, Map<RougeType, RougeScore> actual, String message) {
        assertEquals(RougeType.ALL, List.copyOf(actual.keySet()), message);
        actual.forEach((type, score) -> {
            JsonNode values = expected.path(type.metric());
            assertEquals(3, values.size(), message);
            String label = message + ", " + type.metric();
            assertEquals(values.path("precision").asDouble(), score.precision(), TOLERANCE, label);
            assertEquals(values.path("recall").asDouble(), score.recall(), TOLERANCE, label);
            assertEquals(values.path("fmeasure").asDouble(), score.f1(), TOLERANCE, label);
        });
    }

    private static String describe(JsonNode pair) {
        return "pair " + pair.path("id").asInt() + " (" + pair.path("category").asText() + ")";
    }
}
