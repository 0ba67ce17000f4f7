package org.llmmerging.merge;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.llmmerging.checkpoint.RealPath;
import org.llmmerging.checkpoint.StagedFolder;

/** Carries out the merges of a file, stage after stage. Stages that an earlier run finished are not merged again. */
public final class StagedMerge {
    private final StagedPlan plan;
    private final StageCache cache;
    private final MergeListener listener;

    /**
     * @param plan the caller's to close; {@link #run} closes it, too, when it returns
     * @throws IllegalArgumentException when the plan is one without a place for stages, which is only looked at
     */
    public StagedMerge(StagedPlan plan, MergeListener listener) {
        StageCache kept = plan.planning().cache();
        if (kept == null) {
            throw new IllegalArgumentException("a plan without a place for its stages is only looked at");
        }
        this.plan = plan;
        this.cache = kept;
        this.listener = listener;
    }

    /**
     * Writes the result, and before it the stages that are missing. When this returns, the stages are deleted unless
     * they are to be kept, or another merge into the same output is running, or they cannot be deleted, which the
     * listener is given as a note; when it throws, those that are finished stay for the next run.
     *
     * @param output may be missing, empty, or an earlier output, which is replaced
     * @return the output folder
     * @throws org.llmmerging.MergingException when the output cannot be written or a merge fails; the output folder is
     *     then what it was
     */
    public Path run(Path output) {
        plan.notes().forEach(listener::note);
        try (StagedFolder result = StagedFolder.create(output, plan.inputFolders())) {
            plan.checkStages(output);
            plan.checkSpace(output); // what a killed run left is gone now
            for (StagedPlan.Step step : plan.steps()) {
                if (step.isResult()) {
                    write(step, result, "merge", () -> false);
                } else if (step.isFinished()) {
                    listener.reused(step.name());
                } else {
                    writeStage(step);
                }
            }
        }
        plan.close(); // stages that an earlier run left are mapped, and not every system deletes what is
        cache.cleanUp(output).ifPresent(left -> listener.note(output + " is written, but " + left));
        if (plan.planning().options().copyTokenizer() && !Files.exists(RealPath.of(output).resolve("tokenizer.json"))) {
            listener.note(
                    "the output has no tokenizer.json, for the model whose tokenizer it takes has none. It cannot be"
                            + " evaluated without one");
        }
        return output;
    }

    /** Another merge that needs the same stage may finish it first, and goes on to read it. */
    private void writeStage(StagedPlan.Step step) {
        Path target = plan.stageFolder(step.name());
        BooleanSupplier isThere = () -> cache.isFinished(target, step.recipe());
        if (isThere.getAsBoolean()) {
            listener.reused(step.name());
            return;
        }
        try (StagedFolder folder = cache.create(target, step.name())) {
            write(step, folder, step.name(), isThere);
        }
    }

    private void write(StagedPlan.Step step, StagedFolder folder, String what, BooleanSupplier isThere) {
        if (plan.isComplete(step)) {
            writeComplete(step, folder, what, isThere);
        } else {
            StagedPlan.Step complete = plan.replan(step);
            try (ModelStore _ = complete.store()) {
                writeComplete(complete, folder, what, isThere);
            }
        }
    }

    private void writeComplete(StagedPlan.Step step, StagedFolder folder, String what, BooleanSupplier isThere) {
        MergeListener.Progress progress = listener.begin(what, step.plan().outputBytes());
        folder.write(staged -> merger(step).write(staged, progress));
        folder.commitUnless(isThere, listener::note);
        progress.finished();
    }

    private Merger merger(StagedPlan.Step step) {
        return step.isResult()
                ? Merger.ofResult(step.plan(), plan)
                : Merger.of(step.plan(), step.config(), plan.planning().options())
                        .with(Map.of(StageCache.RECIPE, step.recipe()));
    }
}
