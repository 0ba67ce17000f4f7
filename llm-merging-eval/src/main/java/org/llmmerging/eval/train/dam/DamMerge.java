package org.llmmerging.eval.train.dam;

import java.util.List;
import org.llmmerging.config.ModelReference;

/**
 * A merge by coefficients: what is merged and how, without weights.
 *
 * @param base the base model, which gives what has no coefficients
 * @param models the models that are merged, without the base
 * @param settings which coefficients there are
 * @param coefficients their values; where the base is merged, too, its own come last
 */
public record DamMerge(
        ModelReference base, List<ModelReference> models, CoefficientSettings settings, Coefficients coefficients) {
    public DamMerge {
        models = List.copyOf(models);
    }

    /** The same merge with other coefficients. */
    public DamMerge with(Coefficients learned) {
        return new DamMerge(base, models, settings, learned);
    }
}
