package org.llmmerging.eval.run;

import java.nio.file.Path;
import java.util.Locale;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;
import org.llmmerging.eval.model.DecoderConfig;
import org.llmmerging.eval.model.ModelConfig;

/** Finds out before a merge, and not after it, that its result could not be evaluated. */
final class ArchitectureCheck {
    private ArchitectureCheck() {}

    /**
     * Compares the {@code architecture} of a configuration with that of its models.
     *
     * @param model the folder whose {@code config.json} the merged model gets
     * @throws org.llmmerging.MergingException when they differ, or the model is none that the kit can run
     */
    static void check(KitConfig kit, Path model) {
        ModelConfig config = ModelConfig.read(model);
        boolean decoder = config instanceof DecoderConfig;
        if (decoder != (kit.architecture() == KitConfig.Architecture.DECODER)) {
            throw new ConfigException(kit.file() + ": architecture is "
                    + kit.architecture().name().toLowerCase(Locale.ROOT) + ", and the models are of type "
                    + config.modelType() + ". Write architecture: " + (decoder ? "decoder" : "encoder_decoder"));
        }
    }
}
