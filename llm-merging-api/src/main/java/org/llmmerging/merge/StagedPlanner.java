package org.llmmerging.merge;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergingException;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.MergeDocuments;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Stages;

/**
 * Plans every merge of a file. When the file could be read only in part, looks for what else is wrong with it, so that
 * its author hears everything at once.
 */
public final class StagedPlanner {
    private final Planning planning;

    /** @param planning what all merges are planned with */
    public StagedPlanner(Planning planning) {
        this.planning = planning;
    }

    /**
     * Reads a mergekit YAML file and plans every merge in it, with patterns of models written out.
     *
     * @throws MergingException with everything that is wrong
     */
    public StagedPlan plan(Path file) {
        return plan(MergeDocuments.read(file));
    }

    /**
     * Plans every merge of what was read of a file, with patterns of models written out.
     *
     * @throws MergingException with everything that is wrong
     */
    public StagedPlan plan(MergeDocuments read) {
        if (!read.problems().isEmpty()) {
            throw allProblems(read);
        }
        Stages stages;
        try {
            stages = stages(read);
        } catch (ConfigException disorder) {
            throw allProblems(read); // reports the disorder, too
        }
        return StagedPlan.of(stages, planning);
    }

    /** @throws ConfigException when there is no order, or a pattern that nothing matches */
    private Stages stages(MergeDocuments read) {
        return Stages.of(ModelGlob.expand(read.documents(), read.names(), planning.locator().roots()));
    }

    /** The exception that reports the problems of reading, if there are some, and those that are found now. */
    private ConfigException allProblems(MergeDocuments read) {
        Set<String> lines = new LinkedHashSet<>(); // looking at a document by itself finds some problems again
        if (!read.problems().isEmpty()) {
            add(lines, read.problems().summary());
        }
        if (read.canBePlanned()) {
            lookThrough(read, lines);
        } else {
            examine(read, lines);
        }
        return new ConfigException(String.join("\n", lines));
    }

    /**
     * Looks at all documents in their order. What could not be read is no part of a recipe: stages count as missing.
     */
    private void lookThrough(MergeDocuments read, Set<String> lines) {
        Stages stages;
        try {
            stages = stages(read);
        } catch (ConfigException disorder) {
            add(lines, disorder.getMessage());
            examine(read, lines);
            return;
        }
        attempt(lines, () -> StagedPlan.of(stages, planning.withoutCache()).close());
    }

    /** Looks at each document by itself. */
    private void examine(MergeDocuments read, Set<String> lines) {
        for (MergeConfig document : read.documents()) {
            MergeConfig expanded = document;
            try {
                expanded = ModelGlob.expand(List.of(document), read.names(), planning.locator().roots()).getFirst();
            } catch (ConfigException unmatched) {
                add(lines, unmatched.getMessage()); // and the document is looked at as it is written
            }
            MergeConfig looked = expanded;
            attempt(lines, () -> MergePlanner.examine(
                    looked,
                    planning.locator(),
                    planning.methods(),
                    model -> !namesStage(model, read.names()) && !ModelGlob.isPattern(model)));
        }
    }

    private static boolean namesStage(ModelReference model, Set<String> stages) {
        ModelReference adapter = model.adapter();
        return stages.contains(model.path()) || adapter != null && stages.contains(adapter.path());
    }

    private static void attempt(Set<String> lines, Runnable look) {
        try {
            look.run();
        } catch (MergingException further) {
            add(lines, further.getMessage());
        }
    }

    /** Adds each line by itself: it is a problem, and one that is there already is not reported twice. */
    private static void add(Set<String> lines, @Nullable String message) {
        String.valueOf(message).lines().forEach(lines::add);
    }
}
