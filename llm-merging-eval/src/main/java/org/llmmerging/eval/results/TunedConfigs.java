package org.llmmerging.eval.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.eval.io.AtomicFiles;

/**
 * The configurations that chosen numbers are written into: {@code NAME.yaml} in a folder, and, where it is there, its
 * twin {@code hub/NAME.yaml} for models of the Hub.
 */
public final class TunedConfigs {
    private final Path folder;

    /** @param folder has a configuration for each name */
    public TunedConfigs(Path folder) {
        this.folder = folder;
    }

    /**
     * Puts the numbers into the configuration of a name, and into its twin the parameters: coefficients are weights of
     * models, and the twin's are others.
     *
     * @return the configuration
     * @throws OutputException when one cannot be read or written
     */
    public Path write(String name, TuningPoint setting) {
        Path file = folder.resolve(name + ".yaml");
        AtomicFiles.write(file, ConfigText.with(text(file), setting));
        Path twin = folder.resolve("hub").resolve(name + ".yaml");
        if (Files.exists(twin)) {
            AtomicFiles.write(twin, ConfigText.withParameters(text(twin), setting.parameters()));
        }
        return file;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw OutputException.unreadable(file, e);
        }
    }
}
