package org.llmmerging.eval.task;

import org.jspecify.annotations.Nullable;

/**
 * How an {@link Evaluation} goes about its rows; none of this changes a figure of the rows that are scored. Start from
 * {@link #defaults()}.
 *
 * @param skipBadRows whether rows that the model cannot be asked, or gives no finite score, are left out and listed
 *     with the result; otherwise they end the evaluation
 * @param rowsAtOnce the model is asked so many rows at a time, and what it answers is kept after each
 * @param partial where answers are kept until the run is over, or null to keep none
 * @param progress notified how far it is
 */
public record EvaluationOptions(
        boolean skipBadRows, int rowsAtOnce, @Nullable PartialResults partial, EvaluationProgress progress) {

    /** Enough that rows of similar length meet in a batch. */
    public static final int ROWS_AT_ONCE = 256;

    /** @throws IllegalArgumentException when there are less than 1 rows at once */
    public EvaluationOptions {
        if (rowsAtOnce < 1) {
            throw new IllegalArgumentException("rowsAtOnce is " + rowsAtOnce + "; it has to be at least 1");
        }
    }

    /** Every row must be sound, {@value #ROWS_AT_ONCE} rows at once, nothing kept, nobody notified. */
    public static EvaluationOptions defaults() {
        return new EvaluationOptions(false, ROWS_AT_ONCE, null, EvaluationProgress.NONE);
    }
}
