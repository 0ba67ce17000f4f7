package org.llmmerging;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.SourceModel;

/**
 * The models of one run, open. The kit closes them when the run ends.
 *
 * @param base the base model, or null when the configuration names none
 * @param models every listed model in the configuration's order, adapters applied to the base
 */
public record LoadedModels(@Nullable SourceModel base, List<SourceModel> models) {
    /** Copies the list. */
    public LoadedModels {
        models = List.copyOf(models);
    }
}
