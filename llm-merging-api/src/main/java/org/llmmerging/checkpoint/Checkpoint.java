package org.llmmerging.checkpoint;

import java.nio.file.Path;
import java.util.SortedMap;

/**
 * The weights of one model folder in Hugging Face layout: {@code model.safetensors}, or shards with
 * {@code model.safetensors.index.json}, or where there is neither {@code pytorch_model.bin} or shards with its index.
 * Opening reads and validates every header and maps the data; nothing is read until a tensor's segment is touched.
 * Thread-safe; closing unmaps.
 */
public interface Checkpoint extends AutoCloseable {

    /**
     * Finds, maps and validates the weights of a model folder.
     *
     * @param folder a model folder
     * @throws CheckpointException naming the file when weights are missing, malformed, truncated or inconsistent
     */
    static Checkpoint open(Path folder) {
        return new WeightFiles(folder).open();
    }

    /** The folder it was opened from. */
    Path folder();

    /** Every tensor by name, in lexicographic order. */
    SortedMap<String, TensorInfo> tensors();

    /**
     * One tensor, mapped.
     *
     * @throws CheckpointException naming the folder when there is no such tensor
     */
    Tensor tensor(String name);

    /**
     * Checks that no file has changed since it was opened. Called when the data has been read, and when touching it
     * made the virtual machine throw {@link InternalError}, which is how a file that was cut shows itself.
     *
     * @throws CheckpointException naming the file that was cut, replaced or written to
     */
    default void verifyUnchanged() {}

    @Override
    void close();
}
