package org.llmmerging.eval.metric;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.Example;

/**
 * The figures of one data set. Multiple-choice rows give {@code accuracy}, the share of right choices. Generation rows
 * give {@code rouge1}, {@code rouge2}, {@code rougeL} and {@code rougeLsum}, each the mean of the rows' F1. A set with
 * rows of both kinds has all five. Rows whose target is withheld count for nothing, and a kind without any other row
 * has no figure.
 *
 * <p>The mean is exact and repeatable. Hugging Face's {@code evaluate} reports the median of 1000 bootstrap resamples
 * of that mean instead, which is random and differs from it by about 0.005 on sixty rows.
 */
public final class Metrics {

    /** Name of the share of right choices. */
    public static final String ACCURACY = "accuracy";

    private Metrics() {}

    /**
     * Computes every figure that the rows allow.
     *
     * @param examples the rows
     * @param predictions for each row the generated text, or the index of the chosen answer as text
     * @param useStemmer whether ROUGE compares word stems; published figures of the kit do not
     * @return metric → unrounded value, accuracy first
     * @throws IllegalArgumentException when there are not as many predictions as rows
     */
    public static Map<String, Double> of(List<Example> examples, List<String> predictions, boolean useStemmer) {
        if (examples.size() != predictions.size()) {
            throw new IllegalArgumentException(predictions.size() + " predictions for " + examples.size() + " rows");
        }
        Rouge rouge = new Rouge(useStemmer);
        Map<RougeType, Double> sums = new EnumMap<>(RougeType.class);
        int choices = 0;
        int right = 0;
        int texts = 0;
        for (int i = 0; i < examples.size(); i++) {
            String target = examples.get(i).target();
            if (target == null) {
                continue;
            }
            if (examples.get(i).isMultipleChoice()) {
                choices++;
                right += target.equals(predictions.get(i)) ? 1 : 0;
            } else {
                texts++;
                rouge.score(predictions.get(i), target)
                        .forEach((type, score) -> sums.merge(type, score.f1(), Double::sum));
            }
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        if (choices > 0) {
            metrics.put(ACCURACY, (double) right / choices);
        }
        for (Map.Entry<RougeType, Double> sum : sums.entrySet()) {
            metrics.put(sum.getKey().metric(), sum.getValue() / texts);
        }
        return metrics;
    }
}
