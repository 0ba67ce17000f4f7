package org.llmmerging.merge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.DiskSpace;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Stages;

/**
 * The plans of all merges of a file, made from headers alone before the first of them runs. A stage that is not there
 * yet is planned with what the plans before it will write. Owns the open models.
 */
public final class StagedPlan implements AutoCloseable {
    private final Stages stages;
    private final Planning planning;
    private final PlannedDescriptions descriptions = new PlannedDescriptions();
    /** The stages so far, by name; one that could not be planned is none of them. */
    private final Map<String, PlannedStage> planned = new LinkedHashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<MergingException> failures = new ArrayList<>();

    /**
     * One merge of the file.
     *
     * @param config what is merged
     * @param isResult whether it is the merge that is asked for, and no stage
     * @param plan how
     * @param store the models that the plan reads
     * @param recipe the hash of a stage's recipe; empty for the result, and for stages that are kept nowhere
     * @param isFinished whether an earlier run left the stage
     */
    record Step(
            MergeConfig config,
            boolean isResult,
            MergePlan plan,
            ModelStore store,
            String recipe,
            boolean isFinished) {

        /** What the stage is called. */
        String name() {
            return String.valueOf(config.name());
        }
    }

    /**
     * A stage for those that use it.
     *
     * @param recipe the hash of its recipe, empty for one that is kept nowhere
     * @param folder where it lies or will lie; in a plan that is only looked at, what stands for it
     * @param checkpoint what it will hold, or null when it is there
     */
    private record PlannedStage(String recipe, Path folder, @Nullable PlannedCheckpoint checkpoint) {}

    private StagedPlan(Stages stages, Planning planning) {
        this.stages = stages;
        this.planning = planning;
    }

    /**
     * Plans every merge.
     *
     * @throws MergingException with everything that is wrong; of a merge that uses one that cannot be planned, with
     *     what shows without
     */
    static StagedPlan of(Stages stages, Planning planning) {
        StagedPlan all = new StagedPlan(stages, planning);
        try {
            stages.stages().forEach(stage -> all.attempt(stage, () -> all.planStage(stage)));
            all.attempt(stages.result(), () -> all.steps.add(all.plan(stages.result())));
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
     * Plans one merge, or looks at what can be looked at when one that it uses cannot be planned, and keeps what is
     * wrong for later.
     */
    private void attempt(MergeConfig config, Runnable plan) {
        boolean usesFailed = config.allModels().stream()
                .anyMatch(model -> stages.isStage(model) && !planned.containsKey(model.path()));
        try {
            if (usesFailed) {
                MergePlanner.examine(
                        config, planning.locator(), planning.methods(), model -> !stages.isStage(model));
            } else {
                plan.run();
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
            throw new SeveralFailures(failures);
        }
    }

    private void planStage(MergeConfig config) {
        Step step = plan(config);
        steps.add(step);
        PlannedCheckpoint checkpoint = step.isFinished()
                ? null
                : new PlannedCheckpoint(
                        step.plan(), descriptions.of(step.name(), step.plan(), planning.options()));
        StageCache cache = planning.cache();
        Path folder = cache == null
                ? Objects.requireNonNull(checkpoint).folder()
                : cache.folderOf(step.name(), step.recipe());
        planned.put(step.name(), new PlannedStage(step.recipe(), folder, checkpoint));
    }

    private Step plan(MergeConfig config) {
        ModelStore store = store();
        try {
            stagesOf(config).forEach(stage -> {
                if (stage.checkpoint() != null) {
                    store.put(stage.folder(), stage.checkpoint());
                }
            });
            MergePlan plan = plan(config, store);
            boolean isResult = config == stages.result();
            StageCache cache = planning.cache();
            if (isResult || cache == null) {
                return new Step(config, isResult, plan, store, "", false);
            }
            String recipe = StageRecipe.hash(
                    config, plan.method(), planning.options(), planning.locator(), ofStages(PlannedStage::recipe));
            boolean finished = cache.isFinished(cache.folderOf(String.valueOf(config.name()), recipe), recipe);
            return new Step(config, false, plan, store, recipe, finished);
        } catch (RuntimeException | Error failure) {
            store.close();
            throw failure;
        }
    }

    /** Whether all that a step reads was there when it was planned, so that its plan can be carried out. */
    boolean isComplete(Step step) {
        return stagesOf(step.config()).allMatch(stage -> stage.checkpoint() == null);
    }

    /** Plans a step again, now that the stages it uses are there. The caller closes the store. */
    Step replan(Step step) {
        ModelStore store = store();
        try {
            MergePlan plan = plan(step.config(), store);
            return new Step(step.config(), step.isResult(), plan, store, step.recipe(), step.isFinished());
        } catch (RuntimeException | Error failure) {
            store.close();
            throw failure;
        }
    }

    private MergePlan plan(MergeConfig config, ModelStore store) {
        return new MergePlanner(store, planning.methods()).plan(config, planning.options());
    }

    private ModelStore store() {
        return new ModelStore(
                planning.locator().withStages(ofStages(PlannedStage::folder)), planning.options().adaptedType());
    }

    /** The stages that a merge uses. */
    private Stream<PlannedStage> stagesOf(MergeConfig config) {
        return config.allModels().stream().map(model -> planned.get(model.path())).filter(Objects::nonNull);
    }

    private <T> Map<String, T> ofStages(Function<PlannedStage, T> part) {
        Map<String, T> parts = new LinkedHashMap<>();
        planned.forEach((name, stage) -> parts.put(name, part.apply(stage)));
        return parts;
    }

    /** The merges in the order in which they run, the result last. */
    List<Step> steps() {
        return steps;
    }

    Stages stages() {
        return stages;
    }

    /** What all merges are planned with. */
    Planning planning() {
        return planning;
    }

    /** Where a stage lies or will lie; in a plan that is only looked at, what stands for it. */
    Path stageFolder(String stage) {
        return Objects.requireNonNull(planned.get(stage), stage).folder();
    }

    /** A model that the result is made of, or another one; closed with this plan. */
    public SourceModel open(ModelReference reference) {
        return steps.getLast().store().open(reference);
    }

    /** Folders of all models that are read and that no stage makes. */
    public List<Path> inputFolders() {
        LinkedHashSet<Path> inputs = new LinkedHashSet<>();
        steps.forEach(step -> inputs.addAll(step.store().folders()));
        planned.values().forEach(stage -> inputs.remove(stage.folder()));
        return List.copyOf(inputs);
    }

    /**
     * Whether the stages that are missing may be written where they are to be kept: outside of the inputs and of the
     * output.
     *
     * @throws OutputException when one may not
     */
    public void checkStages(Path output) {
        StageCache cache = planning.cache();
        if (cache == null) {
            return;
        }
        List<Path> inputs = inputFolders();
        for (Step step : steps) {
            if (!step.isResult() && !step.isFinished()) {
                cache.check(stageFolder(step.name()), step.name(), output, inputs);
            }
        }
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
                bytes.put(step.isResult() ? output : stageFolder(step.name()), step.plan().outputBytes());
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
        steps.forEach(step -> notes.addAll(step.plan().notes()));
        return notes;
    }

    /** The commits of the repositories that all merges read, by their names in the configuration. */
    SortedMap<String, String> revisions() {
        SortedMap<String, String> revisions = new TreeMap<>();
        steps.forEach(step -> revisions.putAll(step.store().revisions()));
        return revisions;
    }

    /** What the plans allow or assume, for the model card. */
    List<String> cardNotes() {
        return steps.stream().flatMap(step -> step.plan().cardNotes().stream()).toList();
    }

    /** What each merge reads, needs and writes, in the order in which they run. */
    public List<PlanReport> reports() {
        return steps.stream()
                .map(step -> PlanReport.of(step.config(), step.plan(), step.isFinished(), planning.options()))
                .toList();
    }

    /** The model whose config.json and generation settings go with the result. */
    public Path configurationFolder() {
        return steps.getLast().plan().configurationFolder();
    }

    @Override
    public void close() {
        steps.forEach(step -> step.store().close());
    }
}
