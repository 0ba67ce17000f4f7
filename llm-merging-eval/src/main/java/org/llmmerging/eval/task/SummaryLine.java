package org.llmmerging.eval.task;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.llmmerging.Scores;

/**
 * The one line that a run ends with:
 * <pre>{"cosmos_qa": {"accuracy": 0.22}, "xsum": {"rouge1": 0.097, "rouge2": 0.017, …}}</pre>
 * Sets and metrics stand in the order of the scores; spacing and numbers are as Python prints them.
 */
public final class SummaryLine {
    private static final int DIGITS = 3;

    private SummaryLine() {}

    /**
     * Values rounded to three digits, half to even of the exact binary value: what Python's {@code round(x, 3)} gives.
     *
     * @throws IllegalArgumentException when a score is not a finite number
     */
    public static String of(Scores scores) {
        return JsonText.line(rounded(scores));
    }

    /**
     * Values unrounded: the shortest decimal that reads back as the same float64.
     *
     * @throws IllegalArgumentException when a score is not a finite number
     */
    public static String unrounded(Scores scores) {
        return JsonText.line(values(scores, SummaryLine::exact));
    }

    static Map<String, Map<String, JsonNode>> rounded(Scores scores) {
        return values(
                scores, value -> JsonText.decimal(new BigDecimal(value).setScale(DIGITS, RoundingMode.HALF_EVEN)));
    }

    static JsonNode exact(double value) {
        return JsonText.decimal(BigDecimal.valueOf(value));
    }

    private static Map<String, Map<String, JsonNode>> values(Scores scores, Function<Double, JsonNode> form) {
        Map<String, Map<String, JsonNode>> values = new LinkedHashMap<>();
        scores.byDataset().forEach((dataset, metrics) -> {
            Map<String, JsonNode> figures = new LinkedHashMap<>();
            metrics.forEach((metric, value) -> {
                if (!Double.isFinite(value)) {
                    throw new IllegalArgumentException(metric + " of " + dataset + " is " + value);
                }
                figures.put(metric, form.apply(value));
            });
            values.put(dataset, figures);
        });
        return values;
    }
}
