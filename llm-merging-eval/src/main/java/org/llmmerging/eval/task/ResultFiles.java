package org.llmmerging.eval.task;

import java.nio.file.Path;
import org.llmmerging.checkpoint.OutputException;

/**
 * Everything a run leaves in its folder: {@code predictions/DATASET.jsonl} and {@code predictions/DATASET.csv} for each
 * set ({@link PredictionFiles}), then {@code scores.jsonl} and {@code scores.json} ({@link ScoreFiles}), so that a
 * folder with new scores has the predictions they come from. No file is ever half-written.
 */
public final class ResultFiles {
    private ResultFiles() {}

    /**
     * Writes the files of a run, over those of an earlier one.
     *
     * @param folder {@code OUTPUT_FOLDER/NAME}; made when missing
     * @throws OutputException when a file cannot be written
     */
    public static void write(Path folder, EvaluationResult result) {
        for (DatasetResult dataset : result.datasets()) {
            PredictionFiles.write(folder.resolve("predictions"), dataset);
        }
        ScoreFiles.write(folder, result);
    }
}
