package org.llmmerging.eval.metric;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.llmmerging.Example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class MetricsTest {
    private static final List<String> CHOICES = List.of("yes", "no", "maybe");

    @Test
    void accuracyIsTheShareOfRightChoices() {
        List<Example> examples = List.of(choice("a", "0"), choice("b", "1"), choice("c", "2"));
        assertEquals(Map.of("accuracy", 2.0 / 3), Metrics.of(examples, List.of("0", "1", "1"), false));
    }

    @Test
    void rowsWithoutATargetCountForNothing() {
        List<Example> examples = List.of(choice("a", "0"), new Example("b", "prompt", null, CHOICES));
        assertEquals(Map.of("accuracy", 1.0), Metrics.of(examples, List.of("0", "1"), false));
    }

    @Test
    void aSetWithoutTargetsHasNoFigures() {
        List<Example> examples = List.of(new Example("a", "prompt", null, CHOICES),
                new Example("b", "prompt", null, List.of()));
        assertEquals(Map.of(), Metrics.of(examples, List.of("0", "text"), false));
    }

    @Test
    void aMixedSetHasBothKindsOfFigures() {
        List<Example> examples = List.of(new Example("a", "prompt", "two words", List.of()), choice("b", "1"));
        Map<String, Double> metrics = Metrics.of(examples, List.of("two words", "1"), false);
        assertEquals(List.of("accuracy", "rouge1", "rouge2", "rougeL", "rougeLsum"), List.copyOf(metrics.keySet()));
        metrics.values().forEach(value -> assertEquals(1.0, value));
    }

    @Test
    void anEmptyGenerationScoresZeroAndStillCounts() {
        List<Example> examples = List.of(new Example("a", "prompt", "word", List.of()),
                new Example("b", "prompt", "word", List.of()));
        assertEquals(0.5, Metrics.of(examples, List.of("", "word"), false).get("rouge1"));
    }

    @Test
    void needsOnePredictionForEachRow() {
        assertThrows(IllegalArgumentException.class, () -> Metrics.of(List.of(choice("a", "0")), List.of(), false));
    }

    private static Example choice(String id, String target) {
        return new Example(id, "prompt", target, CHOICES);
    }
}
