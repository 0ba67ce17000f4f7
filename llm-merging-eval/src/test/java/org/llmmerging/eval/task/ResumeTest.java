package org.llmmerging.eval.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.Example;
import org.llmmerging.Predictor;
import org.llmmerging.checkpoint.OutputException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** An evaluation that broke off goes on from the rows it has answered. */
class ResumeTest {
    private static final int ROWS = 23;

    @TempDir
    Path output;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 9, 22})
    void asksOnlyTheRowsThatAreNotAnsweredYet(int answered) {
        Dataset dataset = dataset();
        EvaluationResult expected = Evaluation.run(new Counting(ROWS), List.of(dataset));

        Counting broken = new Counting(answered);
        assertThrows(IllegalStateException.class, () -> run(broken, dataset, "key"));
        Counting second = new Counting(ROWS);
        EvaluationResult resumed = run(second, dataset, "key");

        assertEquals(expected, resumed);
        int kept = ROWS - second.asked.size();
        assertTrue(kept <= answered && kept > answered - 4, kept + " kept of " + answered);
    }

    @ParameterizedTest
    @CsvSource({"01, key", "00, another key"})
    void asksEverythingAgainWhenTheModelOrTheDataChanged(String sha256, String key) {
        Dataset dataset = dataset();
        assertThrows(IllegalStateException.class, () -> run(new Counting(20), dataset, "key"));
        Counting again = new Counting(ROWS);
        run(again, new Dataset(dataset.name(), dataset.file(), sha256, dataset.examples()), key);
        assertEquals(ROWS, again.asked.size());
    }

    @Test
    void dropsALineThatWasCutOff() throws IOException {
        Dataset dataset = dataset();
        assertThrows(IllegalStateException.class, () -> run(new Counting(9), dataset, "key"));
        Path file = output.resolve(".partial/name/mixed.jsonl");
        long whole = Files.readAllLines(file).size();
        Files.writeString(file, "{\"id\": \"r1", StandardOpenOption.APPEND);
        Counting second = new Counting(ROWS);
        run(second, dataset, "key");
        assertEquals(ROWS - (whole - 1), second.asked.size());
        for (String line : Files.readAllLines(file)) {
            assertTrue(line.startsWith("{") && line.endsWith("}"), line);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "\"prediction\": \"[01]\" ~ \"prediction\": \"none\"",
                "\"prediction\": \"[01]\" ~ \"prediction\": \"7\"",
                "\"scores\": \\[-[^,]*, ~ \"scores\": [\"much\", ",
                "\"scores\": \\[-[^,]*, ~ \"scores\": [null, "})
    void anEditedChoiceNeitherCountsNorEndsTheRun(String kept, String edited) throws IOException {
        Dataset dataset = dataset();
        EvaluationResult expected = Evaluation.run(new Counting(ROWS), List.of(dataset));
        assertThrows(IllegalStateException.class, () -> run(new Counting(9), dataset, "key"));
        Path file = output.resolve(".partial/name/mixed.jsonl");
        String before = Files.readString(file);
        String after = before.replaceAll(kept, Matcher.quoteReplacement(edited));
        assertNotEquals(before, after);
        Files.writeString(file, after);
        assertEquals(expected, run(new Counting(ROWS), dataset, "key"));
    }

    @Test
    void makesNoFileUntilThereIsAnAnswer() {
        assertThrows(IllegalStateException.class, () -> run(new Counting(0), dataset(), "key"));
        assertFalse(Files.exists(output.resolve(".partial")));
    }

    @Test
    void leavesNothingBehindOnceTheResultIsSafe() {
        Dataset dataset = dataset();
        run(new Counting(ROWS), dataset, "key");
        assertTrue(Files.exists(output.resolve(".partial")));
        partial("key").delete(List.of(dataset));
        assertFalse(Files.exists(output.resolve(".partial")));
        assertTrue(Files.exists(output));
    }

    @Test
    void oneRunAtATimeKeepsItsAnswersUnderAName() {
        try (PartialFile file = partial("key").open(dataset())) {
            file.append(List.of(Prediction.ofText("r0", "text")));
            OutputException e = assertThrows(OutputException.class, () -> run(new Counting(ROWS), dataset(), "key"));
            assertTrue(String.valueOf(e.getMessage()).contains("another run"), e.getMessage());
        }
    }

    @Test
    void doesNotDependOnHowManyRowsAreAskedAtOnce() {
        Dataset dataset = dataset();
        EvaluationResult expected = Evaluation.run(new Counting(ROWS), List.of(dataset));
        for (int rows : new int[] {1, 2, 7, 1000}) {
            EvaluationOptions options = new EvaluationOptions(false, rows, null, EvaluationProgress.NONE);
            assertEquals(expected, Evaluation.run(new Counting(ROWS), List.of(dataset), options));
        }
    }

    private EvaluationResult run(Predictor predictor, Dataset dataset, String key) {
        return Evaluation.run(
                predictor,
                List.of(dataset),
                new EvaluationOptions(false, 4, partial(key), EvaluationProgress.NONE));
    }

    private PartialResults partial(String key) {
        return new PartialResults(output, "name", key);
    }

    private static Dataset dataset() {
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            String input = "prompt " + (i * 7 % ROWS) + " é🦜";
            rows.add(
                    i % 3 == 0
                            ? new Example("r" + i, input, "some text", List.of())
                            : new Example("r" + i, input, "1", List.of("a", "b")));
        }
        return new Dataset("mixed", Path.of("mixed.csv"), "00", rows);
    }

    /** Answers by what the row says, and breaks down when it has been asked a number of rows. */
    private static final class Counting implements Predictor {
        private final int most;
        private final List<String> asked = new ArrayList<>();

        Counting(int most) {
            this.most = most;
        }

        @Override
        public List<double[]> predictMultipleChoice(List<Example> examples) {
            count(examples);
            return examples.stream()
                    .map(row -> new double[] {-row.input().hashCode() / 3.0, -row.id().hashCode() / 7.0})
                    .toList();
        }

        @Override
        public List<String> generate(List<Example> examples) {
            count(examples);
            return examples.stream().map(row -> "text of\n" + row.input() + "\u2028").toList();
        }

        @Override
        public void close() {
            // Holds nothing.
        }

        private void count(List<Example> examples) {
            examples.forEach(row -> asked.add(row.id()));
            if (asked.size() > most) {
                throw new IllegalStateException("broken down");
            }
        }
    }

    @Test
    void rowsThatCannotBeAskedAreToldAllAtOnceAndBeforeAnyIsAsked() {
        Predictor picky = new FixedPredictor(List.of(), List.of()) {
            @Override
            public Map<String, String> unanswerable(List<Example> examples) {
                return Map.of("r1", "too long", "r4", "too odd");
            }
        };
        PredictionException e = assertThrows(PredictionException.class,
                () -> Evaluation.run(picky, List.of(dataset())));
        assertEquals(
                "mixed.csv: 2 problems\n  row 2: too long\n  row 5: too odd", e.getMessage());
    }

    @Test
    void rowsThatCannotBeScoredAreLeftOutOnRequest() {
        Predictor picky = new Predictor() {
            @Override
            public Map<String, String> unanswerable(List<Example> examples) {
                return Map.of("r0", "too long");
            }

            @Override
            public List<double[]> predictMultipleChoice(List<Example> examples) {
                return examples.stream()
                        .map(row -> new double[] {-1, row.id().equals("r4") ? Double.NaN : -0.5})
                        .toList();
            }

            @Override
            public List<String> generate(List<Example> examples) {
                return examples.stream().map(row -> "some text").toList();
            }

            @Override
            public void close() {
                // Holds nothing.
            }
        };
        EvaluationOptions options = new EvaluationOptions(true, 5, null, EvaluationProgress.NONE);
        DatasetResult result = Evaluation.run(picky, List.of(dataset()), options).datasets().getFirst();
        assertEquals(ROWS - 2, result.predictions().size());
        assertEquals(ROWS - 2, result.dataset().size());
        assertEquals(1.0, result.metrics().get("accuracy"));
        assertEquals(
                List.of("row 1", "row 5"),
                result.dataset().skipped().stream().map(SkippedRow::place).toList());
        assertTrue(result.dataset().skipped().getLast().reason().contains("choice 1 is NaN"));
    }
}
