package org.llmmerging.soup;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.llmmerging.Scores;

/** One number for a model's figures on several sets: the mean over the sets of their main metric. */
public final class ValidationScore {
    private static final List<String> MAIN_METRICS = List.of("accuracy", "rougeL");

    private ValidationScore() {}

    /**
     * The mean over the sets of the accuracy of their multiple-choice rows, or of the ROUGE-L of their texts. A set
     * with rows of both kinds counts with the mean of the two; one without targets does not count.
     *
     * @return from 0 to 1, or NaN when no set has a figure
     */
    public static double of(Scores scores) {
        return mean(scores.byDataset().values().stream().map(ValidationScore::main).filter(Double::isFinite).toList());
    }

    private static double main(Map<String, Double> metrics) {
        List<Double> found = new ArrayList<>();
        for (String metric : MAIN_METRICS) {
            Double value = metrics.get(metric);
            if (value != null) {
                found.add(value);
            }
        }
        return mean(found);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }
}
