package org.llmmerging.eval.cli;

import java.nio.file.Path;
import java.util.List;
import org.llmmerging.eval.train.starter.StarterData;
import org.llmmerging.eval.train.starter.StarterModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ./main starter}: makes what a fresh clone starts with. */
@Command(
        name = "starter",
        mixinStandardHelpOptions = true,
        description = "Make the starter models and data.",
        subcommands = {StarterCommand.Train.class, StarterCommand.Data.class, ResultsCommand.class})
final class StarterCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** Without a subcommand there is nothing to do: a usage error. */
    @Override
    public void run() {
        throw Main.missingSubcommand(spec);
    }

    /** {@code ./main starter train}: trains the starter models and prints the folder of each family. */
    @Command(
            name = "train",
            mixinStandardHelpOptions = true,
            description = "Train a tokenizer, a base and three fine-tunes of every family.")
    static final class Train implements Runnable {
        @Mixin
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private MessageOptions messageOptions;

        @Mixin
        private final FamilyOption families = new FamilyOption();

        @Mixin
        private final OutputFolderOption output = new OutputFolderOption("models");

        @Mixin
        private final SeedOption seed = new SeedOption(StarterData.DEFAULT_SEED);

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Override
        public void run() {
            List<String> chosen = families.families(spec);
            StarterModels models = new StarterModels(seed.seed(), new ShownTraining(messageOptions.messages()));
            for (String family : chosen) {
                Path written = models.write(family, output.folder().resolve(family));
                spec.commandLine().getOut().println(written);
            }
        }
    }

    /** {@code ./main starter data}: writes the starter data sets and prints their folder. */
    @Command(
            name = "data",
            mixinStandardHelpOptions = true,
            description = "Write the validation, test and training rows.")
    static final class Data implements Runnable {
        @Mixin
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private MessageOptions messageOptions;

        @Mixin
        private final OutputFolderOption output = new OutputFolderOption("data");

        @Mixin
        private final SeedOption seed = new SeedOption(StarterData.DEFAULT_SEED);

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Override
        public void run() {
            new StarterData(seed.seed()).write(output.folder());
            spec.commandLine().getOut().println(output.folder());
        }
    }
}
