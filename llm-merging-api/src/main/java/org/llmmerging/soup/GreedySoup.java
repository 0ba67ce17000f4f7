package org.llmmerging.soup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The greedy soup of Wortsman et al., <a href="https://arxiv.org/abs/2203.05482">Model soups</a> (2022), Algorithm 1:
 * the ingredients are sorted by their own score, the best first; each in turn is added to the uniform average of those
 * kept so far, and stays when the score of the average does not fall. Immutable.
 *
 * @param steps what became of each ingredient, in the order in which they were tried
 */
public record GreedySoup(List<Step> steps) {
    /** Copies the list. */
    public GreedySoup {
        steps = List.copyOf(steps);
    }

    /**
     * One ingredient.
     *
     * @param ingredient its number, from 0, in the order that was given
     * @param alone its own score
     * @param added the score of the average of those kept before and this one; of the first, its own
     * @param kept whether it stayed
     */
    public record Step(int ingredient, double alone, double added, boolean kept) {}

    /**
     * Makes a soup. Every ingredient is scored once alone, and every one but the best once more with those kept before
     * it. Of ingredients with equal scores, the one given first is tried first.
     *
     * @param count number of ingredients, at least 1
     * @param scorer the score of the uniform average of some ingredients, which are sorted; larger is better
     * @throws IllegalArgumentException when there is no ingredient, or a score is not a number
     */
    public static GreedySoup of(int count, ToDoubleFunction<List<Integer>> scorer) {
        if (count < 1) {
            throw new IllegalArgumentException("a soup of " + count + " ingredients");
        }
        double[] alone = new double[count];
        for (int i = 0; i < count; i++) {
            alone[i] = score(scorer, List.of(i));
        }
        List<Integer> order = IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> -alone[i]))
                .toList();
        List<Step> steps = new ArrayList<>();
        List<Integer> kept = new ArrayList<>();
        double best = Double.NEGATIVE_INFINITY;
        for (int ingredient : order) {
            List<Integer> candidate = new ArrayList<>(kept);
            candidate.add(ingredient);
            double added = kept.isEmpty() ? alone[ingredient] : score(scorer, candidate.stream().sorted().toList());
            boolean stays = added >= best;
            if (stays) {
                best = added;
                kept.add(ingredient);
            }
            steps.add(new Step(ingredient, alone[ingredient], added, stays));
        }
        return new GreedySoup(steps);
    }

    private static double score(ToDoubleFunction<List<Integer>> scorer, List<Integer> ingredients) {
        double score = scorer.applyAsDouble(ingredients);
        if (Double.isNaN(score)) {
            throw new IllegalArgumentException("the score of ingredients " + ingredients + " is not a number");
        }
        return score;
    }

    /** The ingredients that stayed, sorted; at least one. */
    public List<Integer> kept() {
        return steps.stream().filter(Step::kept).map(Step::ingredient).sorted().toList();
    }

    /** The score of the soup: never below that of its best ingredient. */
    public double score() {
        return steps.stream().filter(Step::kept).mapToDouble(Step::added).reduce((before, last) -> last).orElseThrow();
    }
}
