package org.llmmerging.eval.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.ConfigException;
import org.llmmerging.eval.run.Installation;
import picocli.CommandLine.Option;

/** Where the configurations of registered names lie. */
final class ConfigFolderOption {
    @Option(
            names = "--configs",
            paramLabel = "DIR",
            description = "Folder of configurations, NAME.yaml each. Default: configs; configs/hub has full-size"
                    + " models.")
    private @Nullable Path folder;

    boolean isGiven() {
        return folder != null;
    }

    /** @throws ConfigException when there is no such folder */
    Path folder(Installation installation) {
        if (folder != null && !Files.isDirectory(folder)) {
            throw new ConfigException("--configs: there is no folder " + folder + ". Correct the path");
        }
        return folder == null ? installation.configs() : folder;
    }

    /**
     * The configuration of a registered name.
     *
     * @param given a file to use in its place, or null
     * @throws ConfigException when there is no such file, or no such folder
     */
    Path file(String name, @Nullable Path given) {
        Path file = given == null ? folder(Installation.current()).resolve(name + ".yaml") : given;
        if (!Files.exists(file)) { // What is there and is no file, the reader refuses.
            throw new ConfigException(file + ": there is no such configuration. Write one (docs/reference/kit-config.md"
                    + " lists the keys), or name one with --config");
        }
        return file;
    }
}
