package org.llmmerging.eval.run;

import java.nio.file.Path;
import java.util.Locale;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.Problems;
import org.llmmerging.eval.model.DecoderConfig;
import org.llmmerging.eval.model.ModelConfig;

/** Finds out before a merge, and not after it, that its result could not be evaluated. */
final class ArchitectureCheck {
    private ArchitectureCheck() {}

    /**
     * Compares the {@code architecture} of a configuration with that of its models.
     *
     * @param model the folder whose {@code config.json} the merged model gets
     * @param problems receives one when they differ
     * @throws org.llmmerging.checkpoint.CheckpointException when the model is none that the kit can run
     */
    static void check(KitConfig kit, Path model, Problems problems) {
        ModelConfig config = ModelConfig.read(model);
        boolean decoder = config instanceof DecoderConfig;
        if (decoder != (kit.architecture() == KitConfig.Architecture.DECODER)) {
            problems.add(kit.positions().of("architecture"), "architecture is "
                    + kit.architecture().name().toLowerCase(Locale.ROOT) + ", and the models are of type "
                    + config.modelType() + ". Write architecture: " + (decoder ? "decoder" : "encoder_decoder"));
        }
    }
}
