package org.llmmerging.merge;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergingException;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.MergeDocuments;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Problems;
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
        ModelGlob patterns = new ModelGlob(read.names(), planning.locator().roots());
        List<MergeConfig> documents = patterns.expand(read.documents());
        Set<String> lines = new LinkedHashSet<>(); // looking at a document by itself finds some problems again
        add(lines, read.problems());
        add(lines, patterns.problems());
        Optional<Stages> stages = read.canBePlanned() ? inOrder(documents, lines) : Optional.empty();
        if (lines.isEmpty()) {
            return StagedPlan.of(stages.orElseThrow(), planning);
        }
        if (stages.isPresent() && patterns.problems().isEmpty()) {
            // What could not be read is no part of a recipe: stages count as missing.
            attempt(lines, () -> StagedPlan.of(stages.get(), planning.withoutCache()).close());
        } else {
            Predicate<ModelReference> isThere = model -> !namesStage(model, read.names())
                    && !patterns.isUnmatched(model);
            documents.forEach(document -> attempt(
                    lines,
                    () -> MergePlanner.examine(document, planning.locator(), planning.methods(), isThere)));
        }
        throw new ConfigException(String.join("\n", lines));
    }

    private static Optional<Stages> inOrder(List<MergeConfig> documents, Set<String> lines) {
        try {
            return Optional.of(Stages.of(documents));
        } catch (ConfigException disorder) {
            add(lines, disorder.getMessage());
            return Optional.empty();
        }
    }

    private static boolean namesStage(ModelReference model, Set<String> stages) {
        ModelReference adapter = model.adapter();
        return stages.contains(model.path()) || adapter != null && stages.contains(adapter.path());
    }

    private static void add(Set<String> lines, Problems problems) {
        if (!problems.isEmpty()) {
            add(lines, problems.summary());
        }
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
