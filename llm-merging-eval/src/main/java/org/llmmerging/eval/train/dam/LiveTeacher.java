package org.llmmerging.eval.train.dam;

import ai.djl.ndarray.NDManager;
import java.util.List;
import org.llmmerging.eval.model.LanguageModel;
import org.llmmerging.eval.train.dam.data.DamRow;

/** Runs the models: nothing is stored, and the logits are those of the whole vocabulary. */
record LiveTeacher(List<LanguageModel> models, List<DamRow> rows) implements Teacher {

    @Override
    public Targets targets(NDManager scope, int model, List<Integer> chosen) {
        SequenceBatch batch = SequenceBatch.of(
                chosen.stream().map(row -> rows.get(row).sequences().get(model)).toList());
        return new Targets(batch.logits(models.get(model), scope).stopGradient(), null);
    }
}
