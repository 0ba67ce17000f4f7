package org.llmmerging.eval.run;

import org.llmmerging.Reporter;
import org.llmmerging.eval.model.PredictionProgress;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.EvaluationProgress;
import org.llmmerging.eval.task.SkippedRow;
import org.llmmerging.merge.MergeListener;

/** Is notified of what a run does. Notified of one run at a time. */
public interface RunListener extends Reporter {

    /** A row of a data set is left out. */
    void skipped(Dataset dataset, SkippedRow row);

    /** Is notified of each merge. */
    MergeListener merging();

    /** Is notified of each data set that is evaluated. */
    EvaluationProgress evaluating();

    /** Is notified of each call of a model, within an evaluation. */
    PredictionProgress predicting();
}
