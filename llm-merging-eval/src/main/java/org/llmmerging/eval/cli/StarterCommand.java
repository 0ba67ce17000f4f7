package org.llmmerging.eval.cli;

import java.nio.file.Path;
import java.util.List;
import org.llmmerging.eval.train.starter.StarterData;
import org.llmmerging.eval.train.starter.StarterModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./main starter}: makes what a fresh clone starts with. */
@Command(
        name = "starter",
        mixinStandardHelpOptions = true,
        description = "Makes the starter models and data.",
        subcommands = {StarterCommand.Train.class, StarterCommand.Data.class, ResultsCommand.class})
final class StarterCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** Without a subcommand there is nothing to do: a usage error. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing required subcommand: train, data or results");
    }

    /** {@code ./main starter train}: trains the starter models and prints the folder of each family. */
    @Command(
            name = "train",
            mixinStandardHelpOptions = true,
            description = "Trains a tokenizer, a base and three fine-tunes of every family.")
    static final class Train implements Runnable {
        @Mixin
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private MessageOptions messageOptions;

        @Mixin
        private final FamilyOption families = new FamilyOption();

        @Option(
                names = "--output_folder",
                paramLabel = "DIR",
                defaultValue = "models",
                description = "A family's folder in it appears whole or not at all (default: ${DEFAULT-VALUE}).")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private Path output;

        @Option(
                names = "--seed",
                paramLabel = "N",
                defaultValue = ""
                        + StarterData.DEFAULT_SEED,
                description = "Seed of the weights and texts (default: ${DEFAULT-VALUE}).")
        private long seed;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Override
        public void run() {
            List<String> chosen = families.families(spec);
            StarterModels models = new StarterModels(seed, new ShownTraining(messageOptions.messages()));
            for (String family : chosen) {
                Path written = models.write(family, output.resolve(family));
                spec.commandLine().getOut().println(written);
            }
        }
    }

    /** {@code ./main starter data}: writes the starter data sets and prints their folder. */
    @Command(
            name = "data",
            mixinStandardHelpOptions = true,
            description = "Writes the validation, test and training rows.")
    static final class Data implements Runnable {
        @Mixin
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private MessageOptions messageOptions;

        @Option(
                names = "--output_folder",
                paramLabel = "DIR",
                defaultValue = "data",
                description = "Folder to write into (default: ${DEFAULT-VALUE}).")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private Path output;

        @Option(
                names = "--seed",
                paramLabel = "N",
                defaultValue = ""
                        + StarterData.DEFAULT_SEED,
                description = "Seed of the rows (default: ${DEFAULT-VALUE}).")
        private long seed;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Override
        public void run() {
            new StarterData(seed).write(output);
            spec.commandLine().getOut().println(output);
        }
    }
}
