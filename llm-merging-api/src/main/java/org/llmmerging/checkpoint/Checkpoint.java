package org.llmmerging.checkpoint;

import java.nio.file.Path;
import java.util.SortedMap;

/**
 * The weights of one model folder in Hugging Face layout: {@code model.safetensors}, or shards with
 * {@code model.safetensors.index.json}. Opening reads and validates every header and maps the data; nothing is read
 * until a tensor's segment is touched. Thread-safe; closing unmaps.
 */
public interface Checkpoint extends AutoCloseable {

    /**
     * @param folder a model folder
     * @throws CheckpointException naming the file when weights are missing, malformed, truncated or inconsistent
     */
    static Checkpoint open(Path folder) {
        throw new UnsupportedOperationException(folder.toString());
    }

    /** The folder it was opened from. */
    Path folder();

    /** Every tensor by name, in lexicographic order. */
    SortedMap<String, TensorInfo> tensors();

    /** @throws CheckpointException naming the folder when there is no such tensor */
    Tensor tensor(String name);

    @Override
    void close();
}
