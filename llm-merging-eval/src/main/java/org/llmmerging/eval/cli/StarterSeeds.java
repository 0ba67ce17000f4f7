package org.llmmerging.eval.cli;

import java.nio.file.Path;

/** Where the starter models of each training seed are; those of further seeds are trained when they are first needed. */
final class StarterSeeds {
    private static final long FIRST = 2024;

    private final Path home;
    private final Path trained;
    private final Messages messages;

    /**
     * @param home the repository, which holds the models of the first seed
     * @param trained folder of the others
     */
    StarterSeeds(Path home, Path trained, Messages messages) {
        this.home = home;
        this.trained = trained;
        this.messages = messages;
    }

    /** The number that a seed, counted from 0, is trained with. */
    long trainingSeed(int seed) {
        return FIRST + seed;
    }

    /** The folder that holds {@code models/FAMILY} of a seed, counted from 0. */
    Path root(String family, int seed) {
        if (seed == 0) {
            return home;
        }
        messages.say(family);
        return trained.resolve(Long.toString(trainingSeed(seed)));
    }
}
