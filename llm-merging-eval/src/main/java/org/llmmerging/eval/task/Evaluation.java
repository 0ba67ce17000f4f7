package org.llmmerging.eval.task;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.Predictor;

/**
 * Puts the rows of evaluation sets to a model and scores its answers, ROUGE without stemming as the kit does. A set is
 * some calls of {@link Predictor#predictMultipleChoice} for its multiple-choice rows and of {@link Predictor#generate}
 * for the others, in the order of their prompts, so that prompts that begin alike come together.
 */
public final class Evaluation {
    private Evaluation() {}

    /** Evaluates one model with {@link EvaluationOptions#defaults()}. */
    public static EvaluationResult run(Predictor predictor, List<Dataset> datasets) {
        return run(predictor, datasets, EvaluationOptions.defaults());
    }

    /**
     * Evaluates one model. Answers that are kept in {@link EvaluationOptions#partial()} are not asked for again, and
     * stay there until the caller has put the result into safety and deletes them.
     *
     * @param predictor the model; left open
     * @param datasets sets with different names
     * @throws DatasetException when two sets have the same name, before anything is predicted, or when every row of a
     *     set is left out
     * @throws PredictionException with every row that the model cannot be asked, before anything is predicted; or when
     *     an answer is missing or a score is not a finite number
     */
    public static EvaluationResult run(Predictor predictor, List<Dataset> datasets, EvaluationOptions options) {
        checkNames(datasets);
        List<Dataset> answerable = new ArrayList<>();
        for (Dataset dataset : datasets) {
            answerable.add(answerable(predictor, dataset, options.skipBadRows()));
        }
        List<DatasetResult> results = new ArrayList<>();
        for (Dataset dataset : answerable) {
            results.add(new DatasetRun(predictor, dataset, options).result());
        }
        return new EvaluationResult(results);
    }

    private static Dataset answerable(Predictor predictor, Dataset dataset, boolean skipBadRows) {
        Map<String, String> reasons = predictor.unanswerable(dataset.examples());
        if (reasons.isEmpty() || skipBadRows) {
            return dataset.without(reasons);
        }
        RowProblems problems = new RowProblems(dataset.file());
        for (int i = 0; i < dataset.size(); i++) {
            String reason = reasons.get(dataset.examples().get(i).id());
            if (reason != null) {
                problems.addRow(dataset.places().get(i), reason);
            }
        }
        problems.throwIfAny(PredictionException::new);
        return dataset;
    }

    /**
     * Checks that scores can be told apart by the names of their sets.
     *
     * @throws DatasetException when two sets have the same name, or one has a name that results keep for themselves
     */
    public static void checkNames(List<Dataset> datasets) {
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
}
