package org.llmmerging.merge;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.llmmerging.checkpoint.StagedFolder;

/** Turns a plan into a model folder that Hugging Face tools load and that appears whole or not at all. */
public final class Merger {
    /** Largest weight file unless told otherwise, as Hugging Face tools write them. */
    public static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

    private final MergeExecutor executor;
    private final boolean copyTokenizer;

    /** @param executor writes the weights */
    public Merger(MergeExecutor executor) {
        this(executor, true);
    }

    /**
     * @param executor writes the weights
     * @param copyTokenizer whether tokenizer files go with the output
     */
    public Merger(MergeExecutor executor, boolean copyTokenizer) {
        this.executor = executor;
        this.copyTokenizer = copyTokenizer;
    }

    /** As {@link #write(MergePlan, Map, Map, StagedFolder)}, without further files. */
    public void write(MergePlan plan, Map<String, Object> recipe, StagedFolder folder) {
        write(plan, recipe, Map.of(), folder);
    }

    /**
     * Writes weights, config.json, tokenizer, generation settings and, last, {@code manifest.json} into a folder that
     * is not committed yet.
     *
     * @param recipe what the manifest says of the inputs, in this order
     * @param texts further files, by name
     */
    public void write(MergePlan plan, Map<String, Object> recipe, Map<String, String> texts, StagedFolder folder) {
        write(plan, recipe, texts, folder.path());
    }

    /**
     * As {@link #write(MergePlan, Map, Map, StagedFolder)}, into any folder that nobody else sees yet.
     *
     * @param folder exists; files that it holds already are described in the manifest, too
     */
    public void write(MergePlan plan, Map<String, Object> recipe, Map<String, String> texts, Path folder) {
        Map<Path, String> digests = executor.writeWeights(plan, folder);
        describe(plan, folder, copyTokenizer);
        texts.forEach((name, text) -> ModelFolder.writeText(folder.resolve(name), text));
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("tool", tool());
        described.put("method", plan.method());
        described.putAll(recipe);
        Map<String, String> revisions = plan.store().revisions();
        if (!revisions.isEmpty()) {
            described.put("revisions", revisions);
        }
        Manifest.write(folder, described, digests);
    }

    /** This program and its version, which only its jar knows. */
    private static String tool() {
        String version = Merger.class.getPackage().getImplementationVersion();
        return "llm-merging" + (version == null ? "" : " " + version);
    }

    /** Writes what belongs to a model beside its weights: config.json, generation settings and tokenizer. */
    static void describe(MergePlan plan, Path folder, boolean copyTokenizer) {
        ModelFolder.describe(plan, folder, plan.configurationChanges());
        if (copyTokenizer) {
            plan.tokenizer().write(folder);
        }
    }
}
