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

    /** @param executor writes the weights */
    public Merger(MergeExecutor executor) {
        this.executor = executor;
    }

    /**
     * Writes weights, config.json, tokenizer, generation settings and, last, {@code manifest.json} into a folder that is
     * not committed yet.
     *
     * @param recipe what the manifest says of the inputs, in this order
     */
    public void write(MergePlan plan, Map<String, Object> recipe, StagedFolder folder) {
        Map<Path, String> digests = executor.writeWeights(plan, folder.path());
        ModelFolder.describe(plan.configurationFolder(), folder.path(), plan.writtenType(), plan.configurationChanges());
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("method", plan.method());
        described.putAll(recipe);
        Manifest.write(folder.path(), described, digests);
    }
}
