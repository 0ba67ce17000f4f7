package org.llmmerging.merge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.DiskSpace;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.config.ConfigException;
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
    private final Map<String, String> hashes = new LinkedHashMap<>();
    private final Map<String, Path> folders = new LinkedHashMap<>();
    private final Map<String, PlannedCheckpoint> planned = new LinkedHashMap<>();
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
     * @param isComplete whether all that the plan reads is there, so that it can be carried out as it is
     */
    record Step(
            MergeConfig config,
            boolean isResult,
            MergePlan plan,
            ModelStore store,
            String recipe,
            boolean isFinished,
            boolean isComplete) {

        /** What the stage is called. */
        String name() {
            return String.valueOf(config.name());
        }
    }

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
                .anyMatch(model -> stages.isStage(model) && !folders.containsKey(model.path()));
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
            String all = String.join("\n", failures.stream().map(MergingException::getMessage).toList());
            throw new ConfigException(all, failures.getFirst());
        }
    }

    private void planStage(MergeConfig config) {
        Step step = plan(config);
        String name = step.name();
        steps.add(step);
        hashes.put(name, step.recipe());
        StageCache cache = planning.cache();
        Path kept = cache == null ? null : cache.folderOf(name, step.recipe());
        Path folder = kept;
        if (folder == null || !step.isFinished()) {
            Path description = descriptions.of(name, step.plan(), planning.options());
            planned.put(name, new PlannedCheckpoint(step.plan(), description));
            folder = kept == null ? description : kept;
        }
        folders.put(name, folder); // last: a stage without a folder could not be planned
    }

    private Step plan(MergeConfig config) {
        ModelStore store = store();
        boolean complete = true;
        for (ModelReference model : config.allModels()) {
            PlannedCheckpoint stage = planned.get(model.path());
            if (stage != null) {
                store.put(stageFolder(model.path()), stage);
                complete = false;
            }
        }
        try {
            MergePlan plan = new MergePlanner(store, planning.methods()).plan(config, planning.options());
            boolean isResult = config == stages.result();
            StageCache cache = planning.cache();
            if (isResult || cache == null) {
                return new Step(config, isResult, plan, store, "", false, complete);
            }
            String hash = StageRecipe.hash(config, plan.method(), planning.options(), planning.locator(), hashes);
            boolean finished = cache.isFinished(cache.folderOf(String.valueOf(config.name()), hash), hash);
            return new Step(config, false, plan, store, hash, finished, complete);
        } catch (RuntimeException | Error failure) {
            store.close();
            throw failure;
        }
    }

    /** Plans a step again, now that the stages it uses are there. The caller closes the store. */
    Step replan(Step step) {
        ModelStore store = store();
        try {
            MergePlan plan = new MergePlanner(store, planning.methods()).plan(step.config(), planning.options());
            return new Step(
                    step.config(), step.isResult(), plan, store, step.recipe(), step.isFinished(), true);
        } catch (RuntimeException | Error failure) {
            store.close();
            throw failure;
        }
    }

    private ModelStore store() {
        return new ModelStore(planning.locator().withStages(folders), planning.options().adaptedType());
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
        notes.addAll(planNotes());
        return notes;
    }

    /** The commits of the repositories that all merges read, by their names in the configuration. */
    SortedMap<String, String> revisions() {
        SortedMap<String, String> revisions = new TreeMap<>();
        steps.forEach(step -> revisions.putAll(step.store().revisions()));
        return revisions;
    }

    /** What the plans allow or assume: what the model card lists. */
    List<String> planNotes() {
        return steps.stream().flatMap(step -> step.plan().notes().stream()).toList();
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
