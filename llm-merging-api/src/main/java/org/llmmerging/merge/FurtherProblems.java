package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
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

    /** The exception that tells the problems of reading and those that are found now. */
    ConfigException besides(MergeDocuments read) {
        List<String> told = new ArrayList<>();
        told.add(read.problems().summary());
        if (read.canBePlanned()) {
            attempt(told, () -> plan(read.documents()));
        } else {
            Set<String> stages = read.documents().stream()
                    .map(MergeConfig::name)
                    .filter(Objects::nonNull)
                    .collect(Collectors.toSet());
            read.documents().forEach(document -> attempt(told, () -> MergePlanner.examine(
                    document, locator, methods, model -> !stages.contains(model.path()))));
        }
        return new ConfigException(String.join("\n", told));
    }

    private static void attempt(List<String> told, Runnable look) {
        try {
            look.run();
        } catch (MergingException further) {
            told.add(String.valueOf(further.getMessage()));
        }
    }

    private void plan(List<MergeConfig> documents) {
        Stages stages = Stages.of(ModelGlob.expand(documents, locator.roots()));
        StagedPlan.of(stages, options, locator, methods, cache).close();
    }
}
