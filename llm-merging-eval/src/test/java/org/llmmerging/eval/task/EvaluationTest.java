package org.llmmerging.eval.task;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.llmmerging.Example;
import org.llmmerging.Predictor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EvaluationTest {
    private static final Dataset MIXED = dataset(
            "mixed",
            new Example("g1", "in", "one", List.of()),
            new Example("c1", "in", "1", List.of("a", "b")),
            new Example("g2", "in", null, List.of()),
            new Example("c2", "in", "0", List.of("a", "b", "c")));

    @Test
    void answersKeepTheOrderOfTheRows() {
        EvaluationResult result = Evaluation.run(model(List.of(scores(-2, -1), scores(-3, -1, -2)), "one", "two"),
                List.of(MIXED));
        assertEquals(
                List.of(
                        Prediction.ofText("g1", "one"),
                        new Prediction("c1", "1", List.of(-2.0, -1.0)),
                        Prediction.ofText("g2", "two"),
                        new Prediction("c2", "1", List.of(-3.0, -1.0, -2.0))),
                result.datasets().getFirst().predictions());
        assertEquals(
                Map.of("accuracy", 0.5, "rouge1", 1.0, "rouge2", 0.0, "rougeL", 1.0, "rougeLsum", 1.0),
                result.scores().byDataset().get("mixed"));
    }

    @Test
    void theFirstOfSeveralLargestScoresIsChosen() {
        assertEquals("1", Prediction.ofScores("id", scores(-2, -1, -1)).text());
        assertEquals("0", Prediction.ofScores("id", scores(0, 0)).text());
    }

    @Test
    void aSetOfOneKindIsAskedForThatKindOnly() {
        Dataset generation = dataset("g", new Example("0", "in", "out", List.of()));
        Predictor onlyGenerates = new FixedPredictor(List.of(), List.of("out")) {
            @Override
            public List<double[]> predictMultipleChoice(List<Example> examples) {
                throw new AssertionError("no row chooses");
            }
        };
        EvaluationResult result = Evaluation.run(onlyGenerates, List.of(generation));
        assertEquals(
                "out", result.datasets().getFirst().predictions().getFirst().text());
    }

    @Test
    void aScoreThatIsNoNumberIsAnErrorThatNamesTheRow() {
        for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY}) {
            String message = problem(model(List.of(scores(-2, -1), scores(-3, bad, -2)), "one", "two"));
            assertTrue(message.contains("mixed.csv"), message);
            assertTrue(message.contains("id c2"), message);
            assertTrue(message.contains("choice 1 is " + bad), message);
        }
    }

    @Test
    void everyRowAndChoiceNeedsAnAnswer() {
        assertTrue(problem(model(List.of(scores(-2, -1)), "one", "two")).contains("1 answers to 2 rows"));
        assertTrue(problem(model(List.of(scores(-2, -1), scores(-3, -1, -2)), "one"))
                .contains("1 answers to 2 rows"));
        assertTrue(problem(model(List.of(scores(-2, -1), scores(-3, -1)), "one", "two"))
                .contains("2 of 3 choices"));
    }

    /** A participant's wrapper is not compiled with our null checks. */
    @Test
    @SuppressWarnings("NullAway")
    void nullIsNoAnswer() {
        List<double[]> scores = List.of(scores(-2, -1), scores(-3, -1, -2));
        assertTrue(problem(new FixedPredictor(null, List.of())).contains("0 answers to 2 rows"));
        assertTrue(problem(new FixedPredictor(scores, null)).contains("0 answers to 2 rows"));
        assertTrue(problem(new FixedPredictor(Arrays.asList(null, scores(-3, -1, -2)), List.of()))
                .contains("id c1: the model scored 0 of 2 choices"));
        Predictor silent = new FixedPredictor(scores, Arrays.asList("one", null));
        assertTrue(problem(silent).contains("id g2: the model gave null"));
        DatasetResult skipped = Evaluation.run(silent, List.of(MIXED), new EvaluationOptions(
                true, 256, null, EvaluationOptions.defaults().progress())).datasets().getFirst();
        assertEquals(List.of("g1", "c1", "c2"), skipped.predictions().stream().map(Prediction::id).toList());
    }

    @Test
    void setsNeedDifferentNames() {
        Dataset other = new Dataset("mixed", Path.of("elsewhere/mixed.csv"), "00", MIXED.examples());
        DatasetException e = assertThrows(DatasetException.class,
                () -> Evaluation.run(model(List.of()), List.of(MIXED, other)));
        assertTrue(String.valueOf(e.getMessage()).contains("rename"), e.getMessage());
        assertThrows(
                DatasetException.class,
                () -> Evaluation.run(
                        model(List.of()),
                        List.of(dataset("_details", MIXED.examples().get(0)))));
    }

    private static String problem(Predictor predictor) {
        PredictionException e = assertThrows(PredictionException.class,
                () -> Evaluation.run(predictor, List.of(MIXED)));
        return String.valueOf(e.getMessage());
    }

    private static Dataset dataset(String name, Example... rows) {
        return new Dataset(name, Path.of(name + ".csv"), "00", List.of(rows));
    }

    private static double[] scores(double... scores) {
        return scores;
    }

    private static Predictor model(List<double[]> scores, String... texts) {
        return new FixedPredictor(scores, List.of(texts));
    }
}
