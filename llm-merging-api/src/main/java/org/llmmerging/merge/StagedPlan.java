package org.llmmerging.merge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.llmmerging.MergeMethod;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.DiskSpace;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.MergeDocuments;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Stages;

/**
 * The plans of all merges of a file, made from headers alone before the first of them runs. A stage that is not there
 * yet is planned with what the plans before it will write. Owns the open models.
 */
public final class StagedPlan implements AutoCloseable {
    private final Stages stages;
    private final MergeOptions options;
    private final ModelLocator locator;
    private final Function<String, MergeMethod> methods;
    private final StageCache cache;
    private final PlannedDescriptions descriptions = new PlannedDescriptions();
    private final Map<String, String> hashes = new LinkedHashMap<>();
    private final Map<String, Path> folders = new LinkedHashMap<>();
    private final Map<String, PlannedCheckpoint> planned = new LinkedHashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<MergingException> failures = new ArrayList<>();

    /**
     * One merge of the file.
     *
     * @param config what is merged
     * @param plan how
     * @param store the models that the plan reads
     * @param recipe the hash of a stage's recipe, empty for the result
     * @param isFinished whether an earlier run left the stage
     * @param isComplete whether all that the plan reads is there, so that it can be carried out as it is
     */
    record Step(
            MergeConfig config,
            MergePlan plan,
            ModelStore store,
            String recipe,
            boolean isFinished,
            boolean isComplete) {}

    private StagedPlan(
            Stages stages,
            MergeOptions options,
            ModelLocator locator,
            Function<String, MergeMethod> methods,
            StageCache cache) {
        this.stages = stages;
        this.options = options;
        this.locator = locator;
        this.methods = methods;
        this.cache = cache;
    }

    /**
     * Reads a mergekit YAML file and plans every merge in it, with patterns of models written out.
     *
     * @param locator finds the models that are no stages
     * @param methods finds a method by name, or throws the message for the user
     * @param cache where stages lie
     * @throws MergingException with everything that is wrong
     */
    public static StagedPlan read(
            Path file,
            MergeOptions options,
            ModelLocator locator,
            Function<String, MergeMethod> methods,
            StageCache cache) {
        return of(MergeDocuments.read(file), options, locator, methods, cache);
    }

    /**
     * Plans every merge of what was read of a file, with patterns of models written out. When something is wrong with
     * it already, looks for what else is.
     *
     * @param locator finds the models that are no stages
     * @param methods finds a method by name, or throws the message for the user
     * @param cache where stages lie
     * @throws MergingException with everything that is wrong
     */
    public static StagedPlan of(
            MergeDocuments read,
            MergeOptions options,
            ModelLocator locator,
            Function<String, MergeMethod> methods,
            StageCache cache) {
        FurtherProblems further = new FurtherProblems(options, locator, methods, cache);
        if (!read.problems().isEmpty()) {
            throw further.besides(read);
        }
        Stages stages;
        try {
            stages = stages(read, locator);
        } catch (ConfigException disorder) {
            throw further.besides(read); // reports the disorder, too
        }
        return of(stages, options, locator, methods, cache);
    }

    /** @throws ConfigException when there is no order, or a pattern that nothing matches */
    static Stages stages(MergeDocuments read, ModelLocator locator) {
        return Stages.of(ModelGlob.expand(read.documents(), locator.roots()));
    }

    /**
     * Plans every merge.
     *
     * @param locator finds the models that are no stages
     * @param methods finds a method by name, or throws the message for the user
     * @param cache where stages lie
     * @throws MergingException with everything that is wrong; of a merge that uses one that cannot be planned, with what
     *     shows without
     */
    public static StagedPlan of(
            Stages stages,
            MergeOptions options,
            ModelLocator locator,
            Function<String, MergeMethod> methods,
            StageCache cache) {
        StagedPlan all = new StagedPlan(stages, options, locator, methods, cache);
        try {
            stages.stages().forEach(stage -> all.attempt(stage, () -> all.planStage(stage)));
            all.attempt(stages.result(), () -> all.steps.add(all.plan(stages.result(), plan -> "")));
            all.throwFailures();
            all.descriptions.delete();
            return all;
        } catch (RuntimeException | Error failure) {
            all.close();
            try {
                all.descriptions.delete();
            } catch (OutputException left) {
                failure.addSuppressed(left);
            }
            throw failure;
        }
    }

    /**
     * Plans one merge, or looks at what can be looked at when one that it uses cannot be planned, and keeps what is wrong
     * for later.
     */
    private void attempt(MergeConfig config, Runnable planning) {
        boolean usesFailed = config.allModels().stream()
                .anyMatch(model -> stages.isStage(model) && !folders.containsKey(model.path()));
        try {
            if (usesFailed) {
                MergePlanner.examine(config, locator, methods, model -> !stages.isStage(model));
            } else {
                planning.run();
            }
        } catch (MergingException problem) {
            failures.add(problem);
        }
    }

    private void throwFailures() {
        if (failures.size() == 1) {
            throw failures.getFirst();
        }
        if (failures.size() > 1) {
            String all = String.join("\n", failures.stream().map(MergingException::getMessage).toList());
            throw new ConfigException(all, failures.getFirst());
        }
    }

    private void planStage(MergeConfig config) {
        String name = String.valueOf(config.name());
        Step step = plan(config, plan -> StageRecipe.hash(config, plan.method(), options, locator, hashes));
        steps.add(step);
        if (!step.isFinished()) {
            planned.put(name, new PlannedCheckpoint(step.plan(), descriptions.of(name, step.plan(), options)));
        }
        hashes.put(name, step.recipe());
        folders.put(name, cache.folderOf(name, step.recipe())); // last: a stage without a folder could not be planned
    }

    /** @param recipe gives a stage's hash, and nothing for the result */
    private Step plan(MergeConfig config, Function<MergePlan, String> recipe) {
        ModelStore store = new ModelStore(locator.withStages(folders), options.adaptedType());
        boolean complete = true;
        for (ModelReference model : config.allModels()) {
            PlannedCheckpoint stage = planned.get(model.path());
            if (stage != null) {
                store.put(stageFolder(model.path()), stage);
                complete = false;
            }
        }
        try {
            MergePlan plan = new MergePlanner(store, methods).plan(config, options);
            String hash = recipe.apply(plan);
            boolean finished = !hash.isEmpty()
                    && cache.isFinished(cache.folderOf(String.valueOf(config.name()), hash), hash);
            return new Step(config, plan, store, hash, finished, complete);
        } catch (RuntimeException | Error failure) {
            store.close();
            throw failure;
        }
    }

    /** Plans a step again, now that the stages it uses are there. The caller closes the store. */
    Step replan(Step step) {
        ModelStore store = new ModelStore(locator.withStages(folders), options.adaptedType());
        try {
            MergePlan plan = new MergePlanner(store, methods).plan(step.config(), options);
            return new Step(step.config(), plan, store, step.recipe(), step.isFinished(), true);
        } catch (RuntimeException | Error failure) {
            store.close();
            throw failure;
        }
    }

    /** The merges in the order in which they run, the result last. */
    List<Step> steps() {
        return steps;
    }

    Stages stages() {
        return stages;
    }

    MergeOptions options() {
        return options;
    }

    /** Finds the methods by name. */
    Function<String, MergeMethod> methods() {
        return methods;
    }

    StageCache cache() {
        return cache;
    }

    /** Where a stage lies or will lie. */
    Path stageFolder(String stage) {
        Path folder = folders.get(stage);
        if (folder == null) {
            throw new IllegalArgumentException("no stage " + stage);
        }
        return folder;
    }

    /** Folders of all models that are read and that no stage makes. */
    public List<Path> inputFolders() {
        LinkedHashSet<Path> inputs = new LinkedHashSet<>();
        steps.forEach(step -> inputs.addAll(step.store().folders()));
        inputs.removeAll(folders.values());
        return List.copyOf(inputs);
    }

    /**
     * Whether the disk holds the result and the stages that are missing.
     *
     * @throws OutputException saying how much is free and needed
     */
    public void checkSpace(Path output) {
        Map<Path, Long> bytes = new LinkedHashMap<>();
        for (Step step : steps) {
            if (!step.isFinished()) {
                boolean isResult = step.config() == stages.result();
                Path folder = isResult ? output : stageFolder(String.valueOf(step.config().name()));
                bytes.put(folder, step.plan().outputBytes());
            }
        }
        DiskSpace.require(bytes);
    }

    /** What the user should know: documents that are not needed, and what each plan allows or assumes. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (MergeConfig unused : stages.unused()) {
            notes.add(unused.position() + ": the stage '" + unused.name() + "' is not used by the result and not run");
        }
        notes.addAll(planNotes());
        return notes;
    }

    /** What the plans allow or assume: what the model card lists. */
    List<String> planNotes() {
        return steps.stream().flatMap(step -> step.plan().notes().stream()).toList();
    }

    /** What each merge reads, needs and writes, in the order in which they run. */
    public List<PlanReport> reports() {
        return steps.stream()
                .map(step -> PlanReport.of(step.config(), step.plan(), step.isFinished(), options))
                .toList();
    }

    @Override
    public void close() {
        steps.forEach(step -> step.store().close());
    }
}
