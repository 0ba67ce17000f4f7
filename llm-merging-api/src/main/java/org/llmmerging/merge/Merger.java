package org.llmmerging.merge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.llmmerging.KitVersion;
import org.llmmerging.checkpoint.DiskSpace;
import org.llmmerging.checkpoint.Manifest;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Stages;

/**
 * Turns a plan into a model folder that Hugging Face tools load: weights, config.json, generation settings, tokenizer,
 * model card and {@code manifest.json}. Every merged model of the kit is written so. Immutable.
 */
public final class Merger {
    /** Largest weight file unless another size is given, as Hugging Face tools write them. */
    public static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

    private final MergePlan plan;
    private final Stages stages;
    private final MergeOptions options;
    private final List<String> notes;
    private final MethodFinder methods;
    private final SortedMap<String, String> revisions;
    private final Map<String, Object> origin;

    private Merger(
            MergePlan plan,
            Stages stages,
            MergeOptions options,
            List<String> notes,
            MethodFinder methods,
            SortedMap<String, String> revisions,
            Map<String, Object> origin) {
        this.plan = plan;
        this.stages = stages;
        this.options = options;
        this.notes = List.copyOf(notes);
        this.methods = methods;
        this.revisions = revisions;
        this.origin = origin;
    }

    /**
     * A merge by itself, with the plan's notes on its card.
     *
     * @param config what was planned
     * @param options what it was planned with
     */
    public static Merger of(MergePlan plan, MergeConfig config, MergeOptions options) {
        Stages alone = new Stages(List.of(), config, List.of());
        return new Merger(
                plan, alone, options, plan.cardNotes(), name -> plan.method(), plan.store().revisions(), Map.of());
    }

    /**
     * The result of several merges.
     *
     * @param plan of the result
     * @param all what the model card describes
     */
    static Merger ofResult(MergePlan plan, StagedPlan all) {
        return new Merger(
                plan,
                all.stages(),
                all.planning().options(),
                all.cardNotes(),
                all.planning().methods(),
                all.revisions(),
                Map.of());
    }

    /** This merge with further lines in the notes of its card. */
    public Merger withNotes(List<String> further) {
        List<String> all = new ArrayList<>(notes);
        all.addAll(further);
        return new Merger(plan, stages, options, all, methods, revisions, origin);
    }

    /** This merge with more in the manifest of what it was made from, in this order. */
    public Merger with(Map<String, Object> further) {
        Map<String, Object> all = new LinkedHashMap<>(origin);
        all.putAll(further);
        return new Merger(plan, stages, options, notes, methods, revisions, all);
    }

    /**
     * Whether the disk of a folder, which need not be there yet, holds the weights.
     *
     * @throws org.llmmerging.checkpoint.OutputException saying how much is free and needed
     */
    public void checkSpace(Path folder) {
        DiskSpace.require(Map.of(folder, plan.outputBytes()));
    }

    /**
     * Writes the model and, last, {@code manifest.json}.
     *
     * @param folder exists and is seen by nobody else yet; files that it holds already are described in the manifest,
     *     too
     * @param progress notified of the weights that are written, and left unfinished
     * @throws org.llmmerging.MergingException when the disk is too full or fails, a value cannot be merged, or an input
     *     was changed meanwhile
     */
    public void write(Path folder, MergeListener.Progress progress) {
        Map<Path, String> digests = new MergeExecutor(options, progress).writeWeights(plan, folder);
        plan.describe(folder, options.copyTokenizer());
        ModelCard.files(stages, options, notes, methods, revisions.keySet())
                .forEach((name, text) -> ModelFolder.writeText(folder.resolve(name), text));
        // A model that was replaced after its weights were read has lent its successor's configuration and tokenizer.
        plan.store().verifyUnchanged();
        Manifest.write(folder, description(), digests);
    }

    private Map<String, Object> description() {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("tool", "llm-merging " + KitVersion.current());
        described.put("method", plan.method().name());
        described.put("seed", options.seed());
        described.put("models", stages.result().models().stream().map(ModelReference::toString).toList());
        described.putAll(origin);
        if (!revisions.isEmpty()) {
            described.put("revisions", revisions);
        }
        return described;
    }
}
