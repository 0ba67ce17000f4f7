package org.llmmerging.eval.task;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.llmmerging.Scores;
import org.llmmerging.eval.io.JsonText;

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
     * The line of one of several models: {@code {"NAME": {"cosmos_qa": {…}}}}, rounded as in {@link #of(Scores)}.
     *
     * @throws IllegalArgumentException when a score is not a finite number
     */
    public static String of(String model, Scores scores) {
        return JsonText.line(Map.of(model, rounded(scores)));
    }

    /** The line of one of several models that could not be scored: {@code {"NAME": {"error": "…"}}}. */
    public static String ofFailure(String model, String message) {
        return JsonText.line(Map.of(model, Map.of("error", message)));
    }

    /**
     * Values unrounded: the shortest decimal that reads back as the same float64.
     *
     * @throws IllegalArgumentException when a score is not a finite number
     */
    public static String unrounded(Scores scores) {
        return JsonText.line(values(scores, SummaryLine::exact));
    }

    /** The values of {@link #of(Scores)}, as JSON numbers. */
    public static Map<String, Map<String, JsonNode>> rounded(Scores scores) {
        return values(
                scores, value -> JsonText.decimal(new BigDecimal(value).setScale(DIGITS, RoundingMode.HALF_EVEN)));
    }

    /** An unrounded value, as {@link #unrounded} prints it. */
    public static JsonNode exact(double value) {
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
