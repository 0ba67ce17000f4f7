package org.llmmerging.eval.train.dam;

import java.util.List;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.config.ModelReference;
import org.llmmerging.eval.model.ModelConfig;

/**
 * A merge by coefficients: what is merged and how, without weights.
 *
 * @param base the base model, which gives what has no coefficients
 * @param models the models that are merged; the base is one of them only where it was listed
 * @param settings which coefficients there are
 * @param coefficients their values; where the base is merged, too, its own come last
 */
public record DamMerge(
        ModelReference base, List<ModelReference> models, CoefficientSettings settings, Coefficients coefficients) {
    public DamMerge {
        models = List.copyOf(models);
    }

    /**
     * A merge with the coefficients that training begins with.
     *
     * @param baseModel the model that {@code base} names, open
     * @param opened those that {@code models} name, in their order
     * @throws CheckpointException naming the model that differs from the base in architecture, vocabulary or shapes
     */
    static DamMerge initial(
            ModelReference base,
            SourceModel baseModel,
            List<ModelReference> models,
            List<SourceModel> opened,
            CoefficientSettings settings) {
        opened.forEach(model -> DamModels.checkSame(baseModel, model));
        int count = opened.size() + (settings.useBaseModel() ? 1 : 0);
        Coefficients initial = Coefficients.initial(
                ModelConfig.read(baseModel.folder()), DamModels.tensorShapes(baseModel), count, settings);
        return new DamMerge(base, models, settings, initial);
    }

    /** The same merge with other coefficients. */
    public DamMerge with(Coefficients learned) {
        return new DamMerge(base, models, settings, learned);
    }
}
