package org.llmmerging.eval.task;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.Scores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SummaryLineTest {

    @Test
    void hasTheSetsAndMetricsInOrderWithPythonsSpacing() {
        Map<String, Double> rouge = new LinkedHashMap<>();
        rouge.put("rouge1", 0.09712);
        rouge.put("rouge2", 0.0166);
        rouge.put("rougeL", 0.075);
        rouge.put("rougeLsum", 0.0808);
        Map<String, Map<String, Double>> scores = new LinkedHashMap<>();
        scores.put("cosmos_qa", Map.of("accuracy", 0.22));
        scores.put("xsum", rouge);
        assertEquals(
                "{\"cosmos_qa\": {\"accuracy\": 0.22}, \"xsum\": {\"rouge1\": 0.097, \"rouge2\": 0.017, \"rougeL\":"
                        + " 0.075, \"rougeLsum\": 0.081}}",
                SummaryLine.of(new Scores(scores)));
    }

    /**
     * Right-hand sides printed by CPython's {@code round(x, 3)}; 0.1235 as float64 lies below the half, 0.0015 above.
     */
    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "1, 1.0",
        "0.22, 0.22",
        "0.0004, 0.0",
        "0.0005, 0.001",
        "0.0625, 0.062",
        "0.1875, 0.188",
        "2.0005, 2.001",
        "0.0015, 0.002",
        "0.1235, 0.123",
        "0.9996, 1.0",
        "100, 100.0"
    })
    void roundsAsPythonDoes(double value, String printed) {
        assertEquals("{\"d\": {\"m\": " + printed + "}}", SummaryLine.of(scores("d", value)));
    }

    @Test
    void unroundedValuesReadBackTheSame() {
        double value = 1.0 / 3;
        assertEquals("{\"d\": {\"m\": " + value + "}}", SummaryLine.unrounded(scores("d", value)));
        assertEquals("{\"d\": {\"m\": 0.00001}}", SummaryLine.unrounded(scores("d", 1e-5)));
        assertEquals("{\"d\": {\"m\": 1.0}}", SummaryLine.unrounded(scores("d", 1)));
    }

    @Test
    void aSetWithoutFiguresIsEmpty() {
        assertEquals("{\"test\": {}}", SummaryLine.of(new Scores(Map.of("test", Map.of()))));
        assertEquals("{}", SummaryLine.of(new Scores(Map.of())));
    }

    @Test
    void namesAreEscapedToAscii() {
        assertEquals("{\"a\\\"b\\uD55C\": {\"m\": 1.0}}", SummaryLine.of(scores("a\"b한", 1)));
    }

    @Test
    void refusesWhatIsNoNumber() {
        assertThrows(IllegalArgumentException.class, () -> SummaryLine.of(scores("d", Double.NaN)));
    }

    private static Scores scores(String dataset, double value) {
        return new Scores(Map.of(dataset, Map.of("m", value)));
    }
}
