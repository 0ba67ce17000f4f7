package org.llmmerging.eval.run;

import org.llmmerging.eval.model.PredictionProgress;
import org.llmmerging.eval.model.PredictorOptions;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.EvaluationProgress;
import org.llmmerging.eval.task.SkippedRow;
import org.llmmerging.merge.MergeListener;

/** Ignores everything. */
public final class SilentRun implements RunListener {
    /** On the processor, with everything as it is when nobody says otherwise. */
    public static final ScoringOptions OPTIONS = new ScoringOptions(
            PredictorOptions.defaults(), "cpu", false, false, null);

    @Override
    public void say(String line) {}

    @Override
    public void note(String note) {}

    @Override
    public void skipped(Dataset dataset, SkippedRow row) {}

    @Override
    public MergeListener merging() {
        return MergeListener.NONE;
    }

    @Override
    public EvaluationProgress evaluating() {
        return EvaluationProgress.NONE;
    }

    @Override
    public PredictionProgress predicting() {
        return PredictionProgress.NONE;
    }
}
