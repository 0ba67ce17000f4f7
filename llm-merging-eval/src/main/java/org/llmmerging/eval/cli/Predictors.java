package org.llmmerging.eval.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Predictor;
import org.llmmerging.eval.model.ModelPredictor;
import org.llmmerging.eval.model.PredictionProgress;
import org.llmmerging.eval.model.PredictorOptions;

/** Opens checkpoints so that the user sees how far their evaluation is. */
final class Predictors {
    private Predictors() {
    }

    static Predictor open(
            Path checkpoint, @Nullable Integer maxSeqLen, @Nullable Integer maxGenLen, Messages messages) {
        PredictorOptions options = PredictorOptions.defaults().withLengths(maxSeqLen, maxGenLen);
        return ModelPredictor.open(checkpoint, options, new ShownProgress(messages));
    }

    /** Shows each call of the predictor, multiple choice or generation, as one piece of work. */
    private static final class ShownProgress implements PredictionProgress {
        private final Messages messages;
        private Messages.@Nullable Progress shown;
        private int done;

        ShownProgress(Messages messages) {
            this.messages = messages;
        }

        @Override
        public void update(int completed, int total) {
            Messages.Progress current = shown;
            if (current == null) {
                current = messages.start("evaluate", total, Messages.Unit.EXAMPLES);
                done = 0;
            }
            current.advance(completed - done);
            done = completed;
            shown = current;
            if (completed == total) {
                current.finish();
                shown = null;
            }
        }
    }
}
