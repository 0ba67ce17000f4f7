package org.llmmerging.eval.cli;

import java.nio.file.Path;
import org.llmmerging.eval.train.StarterModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./main starter}: makes what a fresh clone starts with. */
@Command(
        name = "starter",
        mixinStandardHelpOptions = true,
        description = "Makes the starter models.",
        subcommands = {StarterCommand.Models.class, ResultsCommand.class})
public final class StarterCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** Without a subcommand there is nothing to do: a usage error. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing required subcommand: models");
    }

    /** {@code ./main starter models}: writes the starter models and prints their folder. */
    @Command(
            name = "models",
            mixinStandardHelpOptions = true,
            description = "Writes a base and three fine-tunes of every family, with seeded random weights.")
    static final class Models implements Runnable {
        @Option(
                names = "--output",
                required = true,
                paramLabel = "DIR",
                description = "Folder to write; an earlier output is replaced.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private Path output;

        @Option(
                names = "--seed",
                paramLabel = "N",
                defaultValue = ""
                        + StarterModels.DEFAULT_SEED,
                description = "Seed of the weights (default: ${DEFAULT-VALUE}).")
        private long seed;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Override
        public void run() {
            Path written = new StarterModels(seed).write(output);
            spec.commandLine().getOut().println(written);
        }
    }
}
