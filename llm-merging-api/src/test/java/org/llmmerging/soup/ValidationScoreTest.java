package org.llmmerging.soup;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.llmmerging.Scores;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ValidationScoreTest {

    @Test
    void everySetCountsWithItsMainMetric() {
        assertEquals(0.5, score(Map.of(
                "quiz", Map.of("accuracy", 0.75),
                "news", Map.of("rouge1", 0.9, "rouge2", 0.8, "rougeL", 0.25, "rougeLsum", 0.7))));
    }

    @Test
    void aSetWithBothKindsOfRowsCountsWithTheirMean() {
        assertEquals(0.75, score(Map.of(
                "both", Map.of("accuracy", 1.0, "rougeL", 0.0), "quiz", Map.of("accuracy", 1.0))));
    }

    @Test
    void aSetWithoutTargetsDoesNotCount() {
        assertEquals(0.25, score(Map.of("hidden", Map.of(), "quiz", Map.of("accuracy", 0.25))));
        assertEquals(Double.NaN, score(Map.of("hidden", Map.of())));
    }

    private static double score(Map<String, Map<String, Double>> scores) {
        return ValidationScore.of(new Scores(scores));
    }
}
