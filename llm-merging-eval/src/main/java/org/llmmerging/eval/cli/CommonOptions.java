package org.llmmerging.eval.cli;

import picocli.CommandLine.Option;

/** Options that every command takes. */
final class CommonOptions {
    @Option(names = "--quiet", description = "Print no progress.")
    boolean quiet;

    @Option(names = "--verbose", description = "Add the stack trace to an error message.")
    boolean verbose;

    Messages messages() {
        return Messages.toStandardError(quiet);
    }
}
