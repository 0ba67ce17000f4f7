package org.llmmerging.eval.results;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.Scores;
import org.llmmerging.checkpoint.Sha256;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.eval.run.CodeDigest;
import org.llmmerging.eval.run.ContentDigest;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.eval.run.KitRun;
import org.llmmerging.eval.run.ModelScoring;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.merge.MergeOptions;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.plugin.RegisteredMerges;
import org.llmmerging.soup.ValidationScore;

/**
 * Measures the models of one family and one training seed: what {@code ./main -m NAME} does, in this process, with
 * other numbers in the configuration and other models where the seed is another. What was measured before is not
 * measured again. Not thread-safe.
 */
final class ResultsRun {
    private final ResultsEnvironment environment;
    private final String family;
    private final Path root;
    private final int seed;
    private final long label;
    private final String models;

    /**
     * @param family name of the models' folder
     * @param root folder that holds {@code models/FAMILY}
     * @param seed from 0; added to the configurations' seeds
     * @param label the seed that the models were trained with
     */
    ResultsRun(ResultsEnvironment environment, String family, Path root, int seed, long label) {
        this.environment = environment;
        this.family = family;
        this.root = root;
        this.seed = seed;
        this.label = label;
        this.models = ContentDigest.of(root.resolve("models").resolve(family));
    }

    /** The configuration of a method for this family, as the repository has it. */
    KitConfig config(String method) {
        return KitConfig.read(environment.installation().configs().resolve(name(method) + ".yaml"));
    }

    /** Name of the models' folder. */
    String family() {
        return family;
    }

    /** The registered name of a method for a family. */
    static String name(String method, String family) {
        return method + "_" + family.replace('-', '_');
    }

    private String name(String method) {
        return name(method, family);
    }

    /** The base model. */
    Measurement base(List<Dataset> datasets) {
        KitConfig config = config("avg");
        String key = key("base", config, "", environment.code(), datasets);
        return environment.log().find(key).orElseGet(() -> {
            Path folder = root.resolve("models").resolve(family).resolve("base");
            Scores scores = scoring().validate(folder, config.maxSeqLen(), config.maxGenLen(), datasets);
            return measured(key, "base", scores, 0);
        });
    }

    /** A fine-tune by itself, its adapter applied where it is one. */
    Measurement specialist(String folder, List<Dataset> datasets) {
        KitConfig config = config("avg");
        List<ModelReference> one = config.listModels().stream()
                .filter(model -> model.path().endsWith("/" + folder))
                .toList();
        return merge("avg", folder, config.withModels(one, List.of(1.0)), datasets);
    }

    /** A merge with numbers of its own. */
    Measurement merge(String method, TuningPoint setting, List<Dataset> datasets) {
        return merge(method, method, setting.in(config(method)), datasets);
    }

    private Measurement merge(String method, String model, KitConfig config, List<Dataset> datasets) {
        RegisteredMerges registered = environment.registry().requireMerges(name(method));
        String code = environment.code() + " " + CodeDigest.entry(registered);
        String key = key(model, config, withoutFile(config), code, datasets);
        return environment.log().find(key).orElseGet(() -> {
            TimedMerges timed = new TimedMerges(registered.merges());
            KitConfig seeded = config.withSeed(config.seed() + seed);
            MergeOptions options = MergeOptions.defaults(seeded.seed()).withThreads(1);
            KitRun.Request request = new KitRun.Request(
                    seeded, environment.work().resolve(name(method)), datasets, environment::validation, options,
                    scoring(), code);
            KitRun.Outcome outcome = KitRun.run(
                    new RegisteredMerges(registered.description(), timed, registered.origin()), request,
                    environment.registry(), locator(), environment.inner());
            return measured(key, model, outcome.scores(), timed.seconds());
        });
    }

    private Measurement measured(String key, String model, Scores scores, double seconds) {
        Map<String, Double> tasks = new LinkedHashMap<>();
        scores.byDataset().forEach(
                (dataset, metrics) -> tasks.put(dataset, ValidationScore.of(new Scores(Map.of(dataset, metrics)))));
        Measurement measurement = new Measurement(family, label, model, tasks, seconds);
        environment.log().add(key, measurement);
        return measurement;
    }

    /** Stands for all that decides a measurement. */
    private String key(String model, KitConfig config, String written, String code, List<Dataset> datasets) {
        List<String> parts = new ArrayList<>(List.of(family, model, written, code, Integer.toString(seed), models));
        parts.add(environment.scoring().predictor(config.maxSeqLen(), config.maxGenLen()).decisive());
        config.trainingData().forEach(file -> parts.add(digest(file)));
        environment.validation().forEach(dataset -> parts.add(dataset.sha256()));
        datasets.forEach(dataset -> parts.add(dataset.sha256()));
        return Sha256.hex(String.join("\n", parts));
    }

    /** Of a file that a configuration names; its name where there is none, which the merge will report. */
    private String digest(String file) {
        return locator().find(file).filter(Files::isRegularFile).map(ContentDigest::of).orElse(file);
    }

    /** Finds what the configurations name among the trained models, then in the repository. */
    private ModelLocator locator() {
        Installation installation = environment.installation();
        return new ModelLocator(List.of(root, installation.home()), installation.hubCache());
    }

    private static String withoutFile(KitConfig config) {
        return List.of(config.listModels(), String.valueOf(config.baseModel()), String.valueOf(config.maxSeqLen()),
                String.valueOf(config.maxGenLen()), config.parameterLambdas(), config.parameters(),
                config.trainingData(), config.seed())
                .toString();
    }

    private ModelScoring scoring() {
        return new ModelScoring(environment.scoring(), environment.inner());
    }
}
