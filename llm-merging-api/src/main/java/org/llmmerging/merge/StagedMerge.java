package org.llmmerging.merge;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.llmmerging.checkpoint.StagedFolder;

/** Carries out the merges of a file, stage after stage. Stages that an earlier run finished are not merged again. */
public final class StagedMerge {
    private final StagedPlan plan;
    private final MergeListener listener;

    /** @param plan stays open, and the caller's to close */
    public StagedMerge(StagedPlan plan, MergeListener listener) {
        this.plan = plan;
        this.listener = listener;
    }

    /**
     * Writes the result, and before it the stages that are missing. When this returns, the stages are deleted unless
     * they are to be kept; when it throws, those that are finished stay for the next run.
     *
     * @param output may be missing, empty, or an earlier output, which is replaced
     * @return the output folder
     * @throws org.llmmerging.MergingException when the output cannot be written or a merge fails; the output folder is
     *     then what it was
     */
    public Path run(Path output) {
        plan.notes().forEach(listener::note);
        try (StagedFolder result = StagedFolder.create(output, plan.inputFolders())) {
            plan.checkSpace(output); // what a killed run left is gone now
            for (StagedPlan.Step step : plan.steps()) {
                if (step.config() == plan.stages().result()) {
                    write(step, result, "merge");
                } else if (step.isFinished()) {
                    listener.reused(String.valueOf(step.config().name()));
                } else {
                    writeStage(step);
                }
            }
        }
        plan.cache().cleanUp();
        if (plan.options().copyTokenizer() && !Files.exists(output.resolve("tokenizer.json"))) {
            listener.note(
                    "the output has no tokenizer.json, for the model whose tokenizer it takes has none. It cannot be"
                            + " evaluated without one");
        }
        return output;
    }

    private void writeStage(StagedPlan.Step step) {
        String name = String.valueOf(step.config().name());
        try (StagedFolder folder = StagedFolder.create(plan.stageFolder(name))) {
            write(step, folder, name);
        }
    }

    private void write(StagedPlan.Step step, StagedFolder folder, String what) {
        if (step.isComplete()) {
            writeComplete(step, folder, what);
        } else {
            StagedPlan.Step complete = plan.replan(step);
            try (ModelStore _ = complete.store()) {
                writeComplete(complete, folder, what);
            }
        }
    }

    private void writeComplete(StagedPlan.Step step, StagedFolder folder, String what) {
        MergeListener.Progress progress = listener.begin(what, step.plan().outputBytes());
        merger(step).write(folder.path(), progress);
        folder.commit();
        folder.warning().ifPresent(listener::note);
        progress.finished();
    }

    private Merger merger(StagedPlan.Step step) {
        return step.config() == plan.stages().result()
                ? Merger.of(step.plan(), plan.stages(), plan.options(), plan.planNotes(), plan.methods())
                : Merger.of(step.plan(), step.config(), plan.options()).with(Map.of(StageCache.RECIPE, step.recipe()));
    }
}
