package org.llmmerging.eval.task;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.llmmerging.Example;
import org.llmmerging.Predictor;

/**
 * Puts the rows of evaluation sets to a model and scores its answers, ROUGE without stemming as the kit does. Each set
 * is one call of {@link Predictor#predictMultipleChoice} for its multiple-choice rows and one of
 * {@link Predictor#generate} for the others, neither of them for no rows.
 */
public final class Evaluation {
    private Evaluation() {}

    /**
     * Evaluates one model.
     *
     * @param predictor the model; left open
     * @param datasets sets with different names
     * @throws DatasetException when two sets have the same name, before anything is predicted
     * @throws PredictionException when an answer is missing or a score is not a finite number
     */
    public static EvaluationResult run(Predictor predictor, List<Dataset> datasets) {
        checkNames(datasets);
        List<DatasetResult> results = new ArrayList<>();
        for (Dataset dataset : datasets) {
            results.add(DatasetResult.score(dataset, predict(predictor, dataset), false));
        }
        return new EvaluationResult(results);
    }

    private static void checkNames(List<Dataset> datasets) {
        Map<String, Dataset> byName = new HashMap<>();
        for (Dataset dataset : datasets) {
            Dataset earlier = byName.putIfAbsent(dataset.name(), dataset);
            if (earlier != null) {
                throw new DatasetException(
                        dataset.file(),
                        "scores are reported under '" + dataset.name() + "', the name of " + earlier.file()
                                + " too; rename one of the files");
            }
            if (dataset.name().equals(ScoreFiles.DETAILS)) {
                throw new DatasetException(
                        dataset.file(),
                        "scores.json keeps the name " + ScoreFiles.DETAILS + " for itself; rename the file");
            }
        }
    }

    private static List<Prediction> predict(Predictor predictor, Dataset dataset) {
        List<Example> choosing = rows(dataset, true);
        List<Example> generating = rows(dataset, false);
        List<double[]> scores = choosing.isEmpty() ? List.of() : predictor.predictMultipleChoice(choosing);
        checkCount(dataset, choosing.size(), scores.size());
        List<String> texts = generating.isEmpty() ? List.of() : predictor.generate(generating);
        checkCount(dataset, generating.size(), texts.size());
        Iterator<double[]> nextScores = scores.iterator();
        Iterator<String> nextText = texts.iterator();
        List<Prediction> predictions = new ArrayList<>();
        for (Example row : dataset.examples()) {
            if (row.isMultipleChoice()) {
                double[] rowScores = nextScores.next();
                checkScores(dataset, row, rowScores);
                predictions.add(Prediction.ofScores(row.id(), rowScores));
            } else {
                predictions.add(Prediction.ofText(row.id(), nextText.next()));
            }
        }
        return predictions;
    }

    private static List<Example> rows(Dataset dataset, boolean multipleChoice) {
        return dataset.examples().stream()
                .filter(row -> row.isMultipleChoice() == multipleChoice)
                .toList();
    }

    private static void checkCount(Dataset dataset, int rows, int answers) {
        if (answers != rows) {
            throw new PredictionException(
                    dataset.file(),
                    "the model gave " + answers + " answers to " + rows + " rows; give one for each row");
        }
    }

    private static void checkScores(Dataset dataset, Example row, double[] scores) {
        String where = "row with id " + row.id() + ": ";
        if (scores.length != row.choices().size()) {
            throw new PredictionException(
                    dataset.file(),
                    where + "the model scored " + scores.length + " of "
                            + row.choices().size() + " choices; give one score for each choice");
        }
        for (int i = 0; i < scores.length; i++) {
            if (!Double.isFinite(scores[i])) {
                throw new PredictionException(
                        dataset.file(),
                        where + "the score of choice " + i + " is " + scores[i]
                                + "; look for NaN or infinite weights in the model");
            }
        }
    }
}
