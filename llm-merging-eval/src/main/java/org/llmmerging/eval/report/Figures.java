package org.llmmerging.eval.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One metric of one data set for every model: a column of the table, and a chart. */
record Figures(String dataset, String metric, List<@Nullable Double> values) {

    /** Every metric that some model has: set by set, sets and their metrics in the order in which they first occur. */
    static List<Figures> of(List<ModelOutcome> models) {
        Map<String, Set<String>> metricsOf = new LinkedHashMap<>();
        for (ModelOutcome model : models) {
            // A model may lack a set, or the rows of one kind.
            model.scores().byDataset().forEach((dataset, metrics) -> metricsOf
                    .computeIfAbsent(dataset, name -> new LinkedHashSet<>())
                    .addAll(metrics.keySet()));
        }
        List<Figures> all = new ArrayList<>();
        metricsOf.forEach((dataset, metrics) -> metrics
                .forEach(metric -> all.add(new Figures(dataset, metric, values(models, dataset, metric)))));
        return all;
    }

    private static List<@Nullable Double> values(List<ModelOutcome> models, String dataset, String metric) {
        List<@Nullable Double> values = new ArrayList<>();
        for (ModelOutcome model : models) {
            values.add(model.scores().byDataset().getOrDefault(dataset, Map.of()).get(metric));
        }
        return values;
    }

    /** The largest value, or 0 when there is none. */
    double largest() {
        return values.stream().mapToDouble(value -> value == null ? 0 : value).max().orElse(0);
    }

    /** Whether a value is the largest, of several that differ. */
    boolean isBest(@Nullable Double value) {
        return value != null
                && value == largest()
                && values.stream().anyMatch(other -> other != null && !other.equals(value));
    }

    /** Three digits, rounded as in the summary line. */
    static String rounded(double value) {
        return new BigDecimal(value).setScale(3, RoundingMode.HALF_EVEN).toPlainString();
    }
}
