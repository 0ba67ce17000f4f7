package org.llmmerging.eval.cli;

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
}
