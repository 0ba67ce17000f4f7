package org.llmmerging.eval.results;

import java.nio.file.Path;
import org.llmmerging.LoadedModels;
import org.llmmerging.MergeContext;
import org.llmmerging.Merges;
import org.llmmerging.MergesDescription;
import org.llmmerging.Scores;

/** A registered entry with a watch on its first two steps, opening the models and merging them. Used for one run. */
final class TimedMerges implements Merges {
    private final Merges merges;
    private long nanos;

    TimedMerges(Merges merges) {
        this.merges = merges;
    }

    /** How long the models took to be opened and merged. */
    double seconds() {
        return nanos / 1e9;
    }

    @Override
    public MergesDescription description() {
        return merges.description();
    }

    @Override
    public LoadedModels load(MergeContext context) {
        long began = System.nanoTime();
        LoadedModels models = merges.load(context);
        nanos += System.nanoTime() - began;
        return models;
    }

    @Override
    public Path merge(MergeContext context, LoadedModels models) {
        long began = System.nanoTime();
        Path merged = merges.merge(context, models);
        nanos += System.nanoTime() - began;
        return merged;
    }

    @Override
    public Scores evaluate(MergeContext context, Path checkpoint) {
        return merges.evaluate(context, checkpoint);
    }
}
