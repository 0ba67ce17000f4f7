package org.llmmerging.merge;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.Tensor;
import org.llmmerging.checkpoint.TensorInfo;

/**
 * The checkpoint that a plan will write, for planning what uses it: names, types and shapes, and no data. Its folder
 * has the output's config.json and tokenizer, and no weights.
 */
final class PlannedCheckpoint implements Checkpoint {
    private final Path folder;
    private final SortedMap<String, TensorInfo> tensors = new TreeMap<>();

    PlannedCheckpoint(MergePlan plan, Path folder) {
        this.folder = folder;
        plan.tensors().forEach(tensor -> tensors.put(tensor.output().name(), tensor.output()));
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public SortedMap<String, TensorInfo> tensors() {
        return Collections.unmodifiableSortedMap(tensors);
    }

    @Override
    public Tensor tensor(String name) {
        TensorInfo info = tensors.get(name);
        if (info == null) {
            throw new CheckpointException(folder, "will have no tensor " + name);
        }
        return new Tensor(info, MemorySegment.NULL, folder);
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
