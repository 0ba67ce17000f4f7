package org.llmmerging.eval.cli;

import java.util.List;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.SkippedRow;
import picocli.CommandLine.Option;

/** Whether bad rows of a data set end a command. */
final class SkipBadRowsOption {
    @Option(
            names = "--skip_bad_rows",
            description = "Report rows that cannot be used, and go on without them.")
    private boolean skip;

    boolean skips() {
        return skip;
    }

    /** Reports rows of a set that were left out. */
    static void report(Dataset dataset, List<SkippedRow> skipped, Messages messages) {
        for (SkippedRow row : skipped) {
            messages.warn("skipped: " + dataset.file() + ": " + row.place() + ", " + row.reason());
        }
    }
}
