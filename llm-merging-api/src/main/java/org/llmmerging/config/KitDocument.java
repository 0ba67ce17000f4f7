package org.llmmerging.config;

import java.nio.file.Path;

/**
 * What could be read of a kit configuration, and what is wrong with it.
 *
 * @param config without the models of which too little could be read
 * @param problems what is wrong so far; when there is anything, the configuration serves to look for more and not for
 *     merging
 */
public record KitDocument(KitConfig config, Problems problems) {

    /**
     * Reads a configuration.
     *
     * @throws ConfigException when the file cannot be read, is no YAML or no kit configuration
     */
    public static KitDocument read(Path file) {
        return new KitConfigReader(file).read();
    }
}
