package org.llmmerging.eval.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.llmmerging.merge.StageCache;
import picocli.CommandLine.Option;

/** Where the stages of a file with several merges are kept. */
final class StageOptions {
    @Option(
            names = {"--stage-cache", "--intermediate-dir"},
            paramLabel = "DIR",
            description = "Keep the named stages of the file here. Default: .NAME.stages beside the output, removed"
                    + " when the result is written.")
    private @Nullable Path folder;

    @Option(names = "--keep-stages", description = "Do not remove the stages when the result is written.")
    private boolean keep;

    StageCache cache(Path output) {
        return folder == null ? StageCache.beside(output, keep) : StageCache.in(folder);
    }
}
