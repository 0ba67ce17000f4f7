package org.llmmerging.merge;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.checkpoint.StagedFolder;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Stages;

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
        MergeOptions options = plan.options();
        MergeListener.Progress progress = listener.begin(what, step.plan().outputBytes());
        MergeExecutor executor = new MergeExecutor(options, progress::written);
        boolean isResult = step.config() == plan.stages().result();
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("seed", options.seed());
        manifest.put("models", step.config().models().stream().map(ModelReference::toString).toList());
        if (!isResult) {
            manifest.put(StageCache.RECIPE, step.recipe());
        }
        List<String> notes = isResult ? plan.planNotes() : step.plan().notes();
        Stages described = isResult ? plan.stages() : new Stages(List.of(), step.config(), List.of());
        Map<String, String> texts = ModelCard.files(described, options, notes, plan.methods());
        new Merger(executor, options.copyTokenizer()).write(step.plan(), manifest, texts, folder);
        folder.commit();
        folder.warning().ifPresent(listener::note);
        progress.finished();
    }
}
