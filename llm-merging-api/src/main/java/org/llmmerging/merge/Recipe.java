package org.llmmerging.merge;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.config.Position;
import org.llmmerging.config.Settings;

/**
 * Which tensors make an output tensor, before parameters, types and shapes are settled.
 *
 * @param output name of the output tensor
 * @param depth place among the layers of its slice, from 0, the first, to 1, the last; 0 outside the layers
 * @param base the base model's tensor, when it is none of the inputs
 * @param inputs the tensors that are merged, in the configuration's order
 * @param levels where global parameters are looked up, the nearest first: slice, module, whole configuration
 */
record Recipe(String output, double depth, @Nullable Input base, List<Input> inputs, List<Settings> levels) {

    /**
     * One model's tensor.
     *
     * @param name its name in that model, which differs from the output's when layers are moved; parameters are looked
     *     up by it
     * @param stored the name of the tensor that is read: another one when the model ties {@code name} to it
     * @param settings parameters given to that model alone
     * @param position where the configuration lists the model
     */
    record Input(SourceModel model, String name, String stored, Settings settings, Position position) {}
}
