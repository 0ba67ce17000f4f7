package org.llmmerging.soup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.LoadedModels;
import org.llmmerging.MergeContext;
import org.llmmerging.Merges;
import org.llmmerging.MergesDescription;
import org.llmmerging.PlanContext;
import org.llmmerging.Scores;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.Problems;
import org.llmmerging.method.Linear;

/**
 * {@code soup_greedy_ARCHITECTURE}: the {@linkplain GreedySoup greedy soup} of the configuration's models, chosen by
 * their {@linkplain ValidationScore score} on the run's validation sets. Where the models are adapters, their updates
 * are averaged, never their factors. {@value SoupFile#NAME} in the output says what was kept, and why.
 *
 * <p>Each candidate is merged, scored and deleted: N models take at most 2N - 1 of them, and the disk space of one.
 */
public final class SoupMerges implements Merges {
    private final MergesDescription description;

    private SoupMerges(MergesDescription description) {
        this.description = description;
    }

    /**
     * The greedy soup of an architecture.
     *
     * @throws IllegalArgumentException when the architecture is not lower-case words joined by underscores
     */
    public static Merges forArchitecture(String architecture) {
        return new SoupMerges(new MergesDescription("soup_greedy_" + architecture, Linear.NAME, architecture));
    }

    @Override
    public MergesDescription description() {
        return description;
    }

    @Override
    public void plan(PlanContext context) {
        KitConfig config = context.config();
        refuseCoefficients(config, context.problems());
        config.refuseTrainingData(context.problems());
        int models = config.listModels().size();
        context.searches();
        context.note("searches: up to " + (2 * models - 1) + " averages are merged and scored on the validation sets,"
                + " and the result is that of some of the models; planned is the average of all");
        context.merge(Linear.NAME, config.withModels(config.listModels(), List.of()).withParameters(Map.of()));
    }

    /**
     * {@inheritDoc}
     *
     * @throws ConfigException when the configuration gives coefficients or parameters, or the validation sets have no
     *     targets
     */
    @Override
    public Path merge(MergeContext context, LoadedModels models) {
        KitConfig config = context.config();
        Problems problems = new Problems();
        refuseCoefficients(config, problems);
        problems.throwIfAny();
        Map<List<Integer>, Scores> scores = new HashMap<>();
        GreedySoup soup = GreedySoup.of(config.listModels().size(), ingredients -> {
            Scores validated = context.validate(Linear.NAME, average(config, ingredients));
            scores.put(ingredients, validated);
            return score(config, validated);
        });
        List<String> notes = new ArrayList<>();
        for (GreedySoup.Step step : soup.steps()) {
            notes.add(
                    "Greedy soup: `" + config.listModels().get(step.ingredient()) + "` scores " + rounded(step.alone())
                            + " on the validation sets, the soup with it " + rounded(step.added()) + ": "
                            + (step.kept() ? "kept." : "left out."));
        }
        SoupFile.write(context.checkpointFolder(), soup, config.listModels(), scores);
        return context.merge(Linear.NAME, average(config, soup.kept()), notes);
    }

    private static void refuseCoefficients(KitConfig config, Problems problems) {
        String remedy = "a greedy soup is an average of equal weights, and takes no parameter_lambdas and no parameters"
                + " but the seed. Remove ";
        if (config.hasLambdas()) {
            problems.addInstead(
                    "parameter_lambdas", config.positions().of("parameter_lambdas"), remedy + "parameter_lambdas");
        }
        config.parameters().keySet().forEach(
                name -> problems.addInstead(
                        "parameters." + name, config.positions().ofParameter(name), remedy + "'" + name + "'"));
    }

    private static double score(KitConfig config, Scores scores) {
        double score = ValidationScore.of(scores);
        if (Double.isNaN(score)) {
            throw new ConfigException(config.file() + ": a greedy soup is chosen by its score, and the validation sets "
                    + scores.byDataset().keySet() + " have no targets. Name others with --validation_filepaths");
        }
        return score;
    }

    private static KitConfig average(KitConfig config, List<Integer> ingredients) {
        return config.withModels(
                ingredients.stream().map(config.listModels()::get).toList(),
                Collections.nCopies(ingredients.size(), 1.0 / ingredients.size()));
    }

    private static double rounded(double score) {
        return Math.round(score * 1e4) / 1e4;
    }
}
