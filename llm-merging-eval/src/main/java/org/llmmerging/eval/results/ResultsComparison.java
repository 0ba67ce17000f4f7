package org.llmmerging.eval.results;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.train.starter.StarterTask;

/**
 * Compares the merge methods family by family: the numbers of each method are chosen on the validation rows, for the
 * repository's models, which are those of the first seed, and the merges of every seed are scored on the test rows.
 */
public final class ResultsComparison {
    private static final List<String> METHODS = List.of(
            "avg", "slerp", "ta", "ties", "dare", "dare_ties", "ms", "geometric_median", "soup_greedy", "dam");

    private final ResultsEnvironment environment;
    private final List<StarterTask> tasks;
    private final List<Dataset> test;
    private final StarterSeeds models;
    private final int seeds;
    private final boolean tune;
    private final BiConsumer<String, TuningPoint> chosen;
    private final List<Measurement> measured = new ArrayList<>();
    private final Map<String, Map<String, TuningPoint>> settings = new LinkedHashMap<>();

    /**
     * @param test what is reported
     * @param models where the models of each seed are
     * @param seeds how many, at least 1; those without models are left out
     * @param tune whether numbers are chosen, or those of the configurations are taken
     * @param chosen receives a registered name and its numbers when others were chosen than its configuration has
     */
    public ResultsComparison(
            ResultsEnvironment environment,
            List<StarterTask> tasks,
            List<Dataset> test,
            StarterSeeds models,
            int seeds,
            boolean tune,
            BiConsumer<String, TuningPoint> chosen) {
        this.environment = environment;
        this.tasks = List.copyOf(tasks);
        this.test = List.copyOf(test);
        this.models = models;
        this.seeds = seeds;
        this.tune = tune;
        this.chosen = chosen;
    }

    /** Measures a family. */
    public void add(String family) {
        List<ResultsRun> runs = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
            Path root = models.root(family, seed);
            if (root != null) {
                runs.add(new ResultsRun(environment, family, root, seed, models.trainingSeed(seed)));
            }
        }
        runs.forEach(run -> report(run.base(test)));
        for (StarterTask task : tasks) {
            runs.forEach(run -> report(run.specialist(task.specialist(), test)));
        }
        Map<String, TuningPoint> ofFamily = new LinkedHashMap<>();
        settings.put(family, ofFamily);
        for (String method : METHODS) {
            String name = ResultsRun.name(method, family);
            if (environment.registry().findMerges(name).isEmpty()) {
                environment.listener().note(name + " is not registered, and not in the table");
                continue;
            }
            TuningPoint given = TuningPoint.of(runs.getFirst().config(method));
            TuningPoint best = tune
                    ? Tuning.best(method, given, setting -> score(runs.getFirst(), method, setting))
                    : given;
            if (!best.equals(given)) {
                chosen.accept(name, best);
            }
            ofFamily.put(method, best);
            runs.forEach(run -> report(run.merge(method, best, test)));
        }
    }

    /** The mean over the tasks on the validation rows. */
    private double score(ResultsRun run, String method, TuningPoint setting) {
        double mean = run.merge(method, setting, environment.validation()).mean();
        environment.listener().say(String.format(
                Locale.ROOT, "%s %s (%s): %.4f on validation rows", run.family(), method, setting, mean));
        return mean;
    }

    private void report(Measurement measurement) {
        measured.add(measurement);
        environment.listener().say(String.format(
                Locale.ROOT, "%s %d %s: %.4f on test rows, %.2f s", measurement.family(), measurement.seed(),
                measurement.model(), measurement.mean(), measurement.seconds()));
    }

    /** The page of all families measured so far. */
    public ResultsPage page() {
        return new ResultsPage(measured, settings, tasks);
    }
}
