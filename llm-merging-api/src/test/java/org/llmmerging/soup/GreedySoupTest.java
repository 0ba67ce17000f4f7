package org.llmmerging.soup;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.llmmerging.soup.GreedySoup.Step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class GreedySoupTest {

    @Test
    void ingredientsAreTriedFromTheBestDownAndStayWhenTheScoreDoesNotFall() {
        Map<List<Integer>, Double> scores = Map.of(
                List.of(0), 0.5, List.of(1), 0.7, List.of(2), 0.6,
                List.of(1, 2), 0.65, // Worse than 1 alone: 2 is left out.
                List.of(0, 1), 0.7); // As good: 0 stays.
        List<List<Integer>> asked = new ArrayList<>();
        GreedySoup soup = GreedySoup.of(3, recording(asked, scores));

        assertEquals(
                List.of(new Step(1, 0.7, 0.7, true), new Step(2, 0.6, 0.65, false), new Step(0, 0.5, 0.7, true)),
                soup.steps());
        assertEquals(List.of(0, 1), soup.kept());
        assertEquals(0.7, soup.score());
        assertEquals(List.of(List.of(0), List.of(1), List.of(2), List.of(1, 2), List.of(0, 1)), asked);
    }

    @Test
    void whatWasLeftOutIsInNoLaterCandidate() {
        Map<List<Integer>, Double> scores = Map.of(
                List.of(0), 0.9, List.of(1), 0.8, List.of(2), 0.7, List.of(0, 1), 0.1, List.of(0, 2), 0.95);
        assertEquals(List.of(0, 2), GreedySoup.of(3, scores::get).kept());
    }

    @Test
    void ofEqualIngredientsTheFirstGivenComesFirst() {
        List<List<Integer>> asked = new ArrayList<>();
        GreedySoup soup = GreedySoup.of(3, ingredients -> {
            asked.add(ingredients);
            return ingredients.size() == 1 ? 0.5 : 0.4;
        });
        assertEquals(List.of(0), soup.kept());
        assertEquals(List.of(List.of(0, 1), List.of(0, 2)), asked.subList(3, 5));
    }

    @Test
    void oneIngredientIsItsOwnSoup() {
        assertEquals(List.of(0), GreedySoup.of(1, ingredients -> -3).kept());
    }

    @Test
    void theSoupIsNeverWorseThanItsBestIngredient() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int count = 1 + random.nextInt(6);
            double[] alone = random.doubles(count).toArray();
            GreedySoup soup = GreedySoup.of(
                    count,
                    ingredients -> ingredients.size() == 1 ? alone[ingredients.getFirst()] : random.nextDouble());
            double best = 0;
            for (double score : alone) {
                best = Math.max(best, score);
            }
            assertTrue(soup.score() >= best, soup::toString);
            assertEquals(count, soup.steps().size());
            double last = Double.NEGATIVE_INFINITY;
            for (Step step : soup.steps()) {
                assertEquals(step.added() >= last, step.kept(), soup::toString);
                last = step.kept() ? step.added() : last;
            }
        }
    }

    @Test
    void aScoreThatIsNoNumberAndASoupOfNothingAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> GreedySoup.of(2, ingredients -> Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> GreedySoup.of(0, ingredients -> 1));
    }

    private static ToDoubleFunction<List<Integer>> recording(
            List<List<Integer>> asked, Map<List<Integer>, Double> scores) {
        return ingredients -> {
            asked.add(ingredients);
            return scores.get(ingredients);
        };
    }
}
