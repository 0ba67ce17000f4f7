package org.llmmerging.eval.results;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The measurements of one family, over its seeds. Immutable. */
final class Measurements {
    /** The model that the others were trained from. */
    static final String BASE = "base";

    private final List<Measurement> all;
    private final Map<String, String> specialists;

    /**
     * @param all of one family
     * @param specialists task → the fine-tune that was trained for it
     */
    Measurements(List<Measurement> all, Map<String, String> specialists) {
        this.all = List.copyOf(all);
        this.specialists = specialists;
    }

    /** The seeds, in the order they came. */
    Set<Long> seeds() {
        Set<Long> seeds = new LinkedHashSet<>();
        all.forEach(each -> seeds.add(each.seed()));
        return seeds;
    }

    /** The models, in the order they came. */
    List<String> models() {
        Set<String> models = new LinkedHashSet<>();
        all.forEach(each -> models.add(each.model()));
        return new ArrayList<>(models);
    }

    /** The models that are merges. */
    List<String> merges() {
        return models().stream()
                .filter(model -> !model.equals(BASE) && !specialists.containsValue(model))
                .toList();
    }

    /** A figure of a model over the seeds. */
    ConfidenceInterval over(String model, ToDoubleFunction<Measurement> figure) {
        return ConfidenceInterval.of(all.stream()
                .filter(each -> each.model().equals(model))
                .mapToDouble(figure)
                .toArray());
    }

    /** A model's score on a task. */
    ConfidenceInterval task(String model, String task) {
        return over(model, each -> each.tasks().getOrDefault(task, Double.NaN));
    }

    /** The mean over the tasks. */
    ConfidenceInterval mean(String model) {
        return over(model, Measurement::mean);
    }

    /** Mean over the tasks of the share of the specialist's gain over the base that a model has. */
    ConfidenceInterval kept(String model) {
        return over(model, each -> specialists.keySet().stream()
                .mapToDouble(task -> kept(each, task))
                .average()
                .orElse(Double.NaN));
    }

    /** The share of the specialist's gain over the base on one task. */
    ConfidenceInterval kept(String model, String task) {
        return over(model, each -> kept(each, task));
    }

    private double kept(Measurement measured, String task) {
        double base = of(BASE, measured.seed(), task);
        double specialist = of(String.valueOf(specialists.get(task)), measured.seed(), task);
        return (measured.tasks().getOrDefault(task, Double.NaN) - base) / (specialist - base);
    }

    private double of(String model, long seed, String task) {
        Optional<Measurement> found = all.stream()
                .filter(each -> each.model().equals(model) && each.seed() == seed)
                .findFirst();
        return found.map(each -> each.tasks().getOrDefault(task, Double.NaN)).orElse(Double.NaN);
    }

    /** The merges, that with the largest mean over the tasks first. */
    List<String> ranked() {
        return merges().stream()
                .sorted((one, other) -> Double.compare(mean(other).mean(), mean(one).mean()))
                .toList();
    }
}
