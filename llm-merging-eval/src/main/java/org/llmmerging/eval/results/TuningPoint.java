package org.llmmerging.eval.results;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.KitParameter;

/**
 * The numbers of a method that can be chosen. Immutable.
 *
 * @param lambdas {@code parameter_lambdas}, or empty where the method takes none
 * @param parameters those of {@code parameters} that are set, by name; others stay as the configuration has them
 */
public record TuningPoint(List<Double> lambdas, Map<String, Double> parameters) {
    /** Copies the collections. */
    public TuningPoint {
        lambdas = List.copyOf(lambdas);
        parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
    }

    /** What a configuration says already. */
    public static TuningPoint of(KitConfig config) {
        Map<String, Double> numbers = new TreeMap<>();
        config.parameters().forEach((name, value) -> {
            if (value instanceof KitParameter.Number number) {
                numbers.put(name, number.value());
            }
        });
        return new TuningPoint(config.parameterLambdas(), numbers);
    }

    /** A configuration with these numbers in place of its own. */
    public KitConfig in(KitConfig config) {
        Map<String, KitParameter> all = new LinkedHashMap<>(config.parameters());
        parameters.forEach((name, value) -> all.put(name, new KitParameter.Number(value)));
        return config.withModels(config.listModels(), lambdas).withParameters(all);
    }

    /** The numbers in a few words: {@code 0.4 0.3 0.3, density 0.5}. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        if (!lambdas.isEmpty()) {
            boolean equal = lambdas.stream().distinct().count() == 1;
            words.add(equal
                    ? lambdas.getFirst().toString()
                    : String.join(" ", lambdas.stream().map(String::valueOf).toList()));
        }
        parameters.forEach((name, value) -> words.add(name + " " + value));
        return String.join(", ", words);
    }
}
