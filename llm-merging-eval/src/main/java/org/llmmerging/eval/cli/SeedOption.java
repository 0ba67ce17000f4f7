package org.llmmerging.eval.cli;

import picocli.CommandLine.Option;

/** What everything that a command draws at random follows from. */
final class SeedOption {
    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of what is drawn at random. Default: ${DEFAULT-VALUE}.")
    private long seed;

    SeedOption(long defaultSeed) {
        this.seed = defaultSeed;
    }

    long seed() {
        return seed;
    }
}
