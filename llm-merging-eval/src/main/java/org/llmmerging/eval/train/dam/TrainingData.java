package org.llmmerging.eval.train.dam;

import java.util.List;
import java.util.function.Function;
import org.llmmerging.eval.model.LanguageModel;
import org.llmmerging.eval.train.dam.data.DamDataset;
import org.llmmerging.eval.train.dam.data.DamRow;

/**
 * What coefficients are trained on.
 *
 * @param rows at least one, with a sequence for each model that is merged and, last, perhaps for the base
 * @param teachers makes the source of the logits to learn from the models of the column groups
 */
record TrainingData(List<DamRow> rows, Function<List<LanguageModel>, Teacher> teachers) {
    TrainingData {
        rows = List.copyOf(rows);
    }

    /** Rows whose logits the models are asked for while training. */
    static TrainingData live(List<DamRow> rows) {
        return new TrainingData(rows, models -> new LiveTeacher(models, rows));
    }

    /** Rows with the logits that the data set keeps; it stays open as long as it is trained on. */
    static TrainingData stored(DamDataset dataset) {
        return new TrainingData(dataset.rows(), models -> new StoredTeacher(dataset));
    }

    Teacher teacher(List<LanguageModel> models) {
        return teachers.apply(models);
    }
}
