package org.llmmerging.eval.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ./main dam}: Differentiable Adaptive Merging (arXiv 2410.08371). */
@Command(
        name = "dam",
        mixinStandardHelpOptions = true,
        description = "Differentiable Adaptive Merging: learn how much of each model every input column takes.",
        subcommands = {DamMergeCommand.class, DamDataCommand.class, DamTrainCommand.class})
final class DamCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** Without a subcommand there is nothing to do: a usage error. */
    @Override
    public void run() {
        throw Main.missingSubcommand(spec);
    }
}
