package org.llmmerging.eval.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Example;
import org.llmmerging.Predictor;

/** The evaluation of one model on one set. Used once. */
final class DatasetRun {
    private final Predictor predictor;
    private final Dataset dataset;
    private final EvaluationOptions options;
    private final Map<String, Prediction> answers = new HashMap<>();
    private final Map<String, String> unusable = new LinkedHashMap<>();

    DatasetRun(Predictor predictor, Dataset dataset, EvaluationOptions options) {
        this.predictor = predictor;
        this.dataset = dataset;
        this.options = options;
    }

    DatasetResult result() {
        PartialResults partial = options.partial();
        if (partial == null) {
            predict(null);
        } else {
            try (PartialFile file = partial.open(dataset)) {
                resume(file);
                predict(file);
            }
        }
        Dataset scored = dataset.without(unusable);
        List<Prediction> predictions = new ArrayList<>();
        for (Example example : scored.examples()) {
            Prediction answer = answers.get(example.id());
            if (answer == null) {
                throw new IllegalStateException("row with id " + example.id() + " was not predicted");
            }
            predictions.add(answer);
        }
        return DatasetResult.score(scored, predictions, false);
    }

    /** A choice is taken anew from its scores, and what is no answer to its row is asked again. */
    private void resume(PartialFile file) {
        for (Example example : dataset.examples()) {
            Prediction answer = file.answers().get(example.id());
            if (answer == null) {
                continue;
            }
            double[] scores = answer.choiceScores().stream().mapToDouble(Double::doubleValue).toArray();
            if (problem(example, scores) == null) {
                answers.put(example.id(), example.isMultipleChoice()
                        ? Prediction.ofScores(example.id(), scores)
                        : answer);
            }
        }
    }

    private void predict(@Nullable PartialFile file) {
        int resumed = answers.size();
        options.progress().begin(dataset, dataset.size() - resumed, resumed);
        for (List<Example> rows : slices(true)) {
            keep(choices(rows), rows.size(), file);
        }
        for (List<Example> rows : slices(false)) {
            keep(texts(rows), rows.size(), file);
        }
        options.progress().end();
    }

    /**
     * The rows of one kind that are not answered yet. Where a slice begins does not depend on what an interrupted run
     * has answered: the batches, and so the last bits of the scores, are those of a run that was not interrupted.
     */
    private List<List<Example>> slices(boolean multipleChoice) {
        List<Example> rows = dataset.examples().stream()
                .filter(row -> row.isMultipleChoice() == multipleChoice)
                .sorted(Comparator.comparing(Example::input))
                .toList();
        List<List<Example>> slices = new ArrayList<>();
        for (int begin = 0; begin < rows.size(); begin += options.rowsAtOnce()) {
            List<Example> slice = rows.subList(begin, Math.min(rows.size(), begin + options.rowsAtOnce())).stream()
                    .filter(row -> !answers.containsKey(row.id()))
                    .toList();
            if (!slice.isEmpty()) {
                slices.add(slice);
            }
        }
        return slices;
    }

    private void keep(List<Prediction> predictions, int rows, @Nullable PartialFile file) {
        if (file != null) {
            file.append(predictions);
        }
        predictions.forEach(prediction -> answers.put(prediction.id(), prediction));
        options.progress().predicted(rows);
    }

    private List<Prediction> texts(List<Example> rows) {
        List<String> texts = predictor.generate(rows);
        checkCount(rows.size(), texts);
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Example row = rows.get(i);
            if (texts.get(i) == null) {
                refuse(row, "the model gave null; give a text, which may be empty");
            } else {
                predictions.add(Prediction.ofText(row.id(), texts.get(i)));
            }
        }
        return predictions;
    }

    private List<Prediction> choices(List<Example> rows) {
        List<double[]> scores = predictor.predictMultipleChoice(rows);
        checkCount(rows.size(), scores);
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Example row = rows.get(i);
            String problem = problem(row, scores.get(i));
            if (problem == null) {
                predictions.add(Prediction.ofScores(row.id(), scores.get(i)));
            } else {
                refuse(row, problem);
            }
        }
        return predictions;
    }

    private void refuse(Example row, String problem) {
        if (!options.skipBadRows()) {
            throw new PredictionException(dataset.file(), place(row) + ", id " + row.id() + ": " + problem);
        }
        unusable.put(row.id(), problem);
    }

    /** The predictor may be a plugin's, which is not compiled with our null checks. */
    private void checkCount(int rows, @Nullable List<?> answers) {
        int answersGiven = answers == null ? 0 : answers.size();
        if (answersGiven != rows) {
            throw new PredictionException(
                    dataset.file(),
                    "the model gave " + answersGiven + " answers to " + rows + " rows; give one for each row");
        }
    }

    private static @Nullable String problem(Example row, double @Nullable [] scores) {
        if (scores == null || scores.length != row.choices().size()) {
            return "the model scored " + (scores == null ? 0 : scores.length) + " of " + row.choices().size()
                    + " choices; give one score for each choice";
        }
        for (int i = 0; i < scores.length; i++) {
            if (!Double.isFinite(scores[i])) {
                return "the score of choice " + i + " is " + scores[i]
                        + "; look for NaN or infinite weights in the model";
            }
        }
        return null;
    }

    private String place(Example row) {
        return dataset.places().get(dataset.examples().indexOf(row));
    }
}
