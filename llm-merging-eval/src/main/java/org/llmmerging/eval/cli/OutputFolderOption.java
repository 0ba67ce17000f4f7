package org.llmmerging.eval.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The folder in which a command makes what it writes. */
final class OutputFolderOption {
    @Option(
            names = "--output_folder",
            paramLabel = "DIR",
            description = "The folder to write into. Default: ${DEFAULT-VALUE}.")
    private Path folder;

    OutputFolderOption(String defaultFolder) {
        this.folder = Path.of(defaultFolder);
    }

    Path folder() {
        return folder;
    }
}
