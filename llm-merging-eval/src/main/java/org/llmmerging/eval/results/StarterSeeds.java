package org.llmmerging.eval.results;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.train.starter.StarterData;
import org.llmmerging.eval.train.starter.StarterModels;

/**
 * Where the starter models of each training seed are; those of further seeds are trained when they are first needed.
 */
public final class StarterSeeds {
    private final Path home;
    private final Path trained;
    private final boolean train;
    private final StarterModels.Listener listener;

    /**
     * @param home the repository, which holds the models of the first seed
     * @param trained folder of the others
     * @param train whether those that are not there are trained, or left out
     * @param listener notified of the training
     */
    public StarterSeeds(Path home, Path trained, boolean train, StarterModels.Listener listener) {
        this.home = home;
        this.trained = trained;
        this.train = train;
        this.listener = listener;
    }

    /** The number that a seed, counted from 0, is trained with. */
    long trainingSeed(int seed) {
        return StarterData.DEFAULT_SEED + seed;
    }

    /**
     * The folder that holds {@code models/FAMILY} of a seed, counted from 0, or null when the models are not there and
     * none are to be trained. A family appears there when it is whole.
     */
    @Nullable
    Path root(String family, int seed) {
        if (seed == 0) {
            return home;
        }
        Path root = trained.resolve(Long.toString(trainingSeed(seed)));
        Path folder = root.resolve("models").resolve(family);
        if (!Files.isDirectory(folder)) {
            if (!train) {
                return null;
            }
            new StarterModels(trainingSeed(seed), listener).write(family, folder);
        }
        return root;
    }
}
