package org.llmmerging.eval.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the configurations of registered names lie. */
final class ConfigFolderOption {
    @Option(
            names = "--configs",
            paramLabel = "DIR",
            description = "Folder of configurations, NAME.yaml each. Default: configs; configs/hub has full-size models.")
    private @Nullable Path folder;

    Path folder(Installation installation) {
        return folder == null ? installation.configs() : folder;
    }
}
