package org.llmmerging.eval.cli;

import picocli.CommandLine.Option;

/** How much a command says. */
final class MessageOptions {
    @Option(names = "--quiet", description = "Print no progress, only results, notes and errors.")
    private boolean quiet;

    @Option(names = Main.VERBOSE, description = "Add the stack trace to an error message.")
    private boolean verbose;

    /** Whether stack traces are asked for. Main looks for the option itself: it must work when parsing fails, too. */
    boolean verbose() {
        return verbose;
    }

    Messages messages() {
        return Messages.toStandardError(quiet);
    }
}
