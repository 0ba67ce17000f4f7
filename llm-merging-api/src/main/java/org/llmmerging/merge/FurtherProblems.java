package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.llmmerging.MergeMethod;
import org.llmmerging.MergingException;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.MergeDocuments;
import org.llmmerging.config.Stages;

/**
 * Looks for what else is wrong with a file that could be read in part, so that its author hears everything at once.
 */
final class FurtherProblems {
    private final MergeOptions options;
    private final ModelLocator locator;
    private final Function<String, MergeMethod> methods;
    private final StageCache cache;

    FurtherProblems(
            MergeOptions options, ModelLocator locator, Function<String, MergeMethod> methods, StageCache cache) {
        this.options = options;
        this.locator = locator;
        this.methods = methods;
        this.cache = cache;
    }

    /** The exception that reports the problems of reading, if there are some, and those that are found now. */
    ConfigException besides(MergeDocuments read) {
        List<String> told = new ArrayList<>();
        if (!read.problems().isEmpty()) {
            told.add(read.problems().summary());
        }
        if (read.canBePlanned()) {
            plan(read, told);
        } else {
            examine(read, told);
        }
        return new ConfigException(String.join("\n", told));
    }

    private void plan(MergeDocuments read, List<String> told) {
        Stages stages;
        try {
            stages = StagedPlan.stages(read, locator);
        } catch (ConfigException disorder) {
            told.add(String.valueOf(disorder.getMessage()));
            examine(read, told);
            return;
        }
        attempt(told, () -> StagedPlan.of(stages, options, locator, methods, cache).close());
    }

    /** Looks at each document by itself. */
    private void examine(MergeDocuments read, List<String> told) {
        for (MergeConfig document : read.documents()) {
            attempt(told, () -> MergePlanner.examine(
                    ModelGlob.expand(List.of(document), locator.roots()).getFirst(),
                    locator,
                    methods,
                    model -> !read.names().contains(model.path())));
        }
    }

    private static void attempt(List<String> told, Runnable look) {
        try {
            look.run();
        } catch (MergingException further) {
            told.add(String.valueOf(further.getMessage()));
        }
    }
}
