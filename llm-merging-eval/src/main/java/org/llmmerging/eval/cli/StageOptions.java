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
            description = "Keep the named stages of the file here. Default: a hidden folder beside the output, removed when"
                    + " the result is written.")
    private @Nullable Path folder;

    @Option(names = "--keep-stages", description = "Do not remove the stages when the result is written.")
    private boolean keep;

    boolean areGiven() {
        return folder != null || keep;
    }

    /**
     * Where stages are kept.
     *
     * @param output the result's folder, or null when none is named
     * @return nothing when neither it nor a folder for stages is named
     */
    @Nullable
    StageCache cache(@Nullable Path output) {
        if (folder != null) {
            return StageCache.in(folder);
        }
        return output == null ? null : StageCache.beside(output, keep);
    }
}
