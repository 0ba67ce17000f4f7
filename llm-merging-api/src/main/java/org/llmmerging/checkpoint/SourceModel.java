package org.llmmerging.checkpoint;

import java.nio.file.Path;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * An open model: a checkpoint, with a LoRA adapter on it or not. Thread-safe.
 *
 * @param label the model as the configuration names it
 * @param checkpoint its weights, or those the adapter is applied to
 * @param adapter the adapter, or null
 */
public record SourceModel(String label, Checkpoint checkpoint, @Nullable LoraAdapter adapter) {

    /** The folder that the weights lie in, with the configuration and the tokenizer that go with them. */
    public Path folder() {
        return checkpoint.folder();
    }

    /** Every tensor by name. */
    public SortedMap<String, TensorInfo> tensors() {
        return checkpoint.tensors();
    }

    /**
     * A tensor with the adapter applied.
     *
     * @throws CheckpointException when the model has no tensor of that name
     */
    public TensorSource source(String name) {
        if (adapter == null) {
            return new StoredSource(label, checkpoint.tensor(name));
        }
        Tensor replaced = adapter.replaced().get(name);
        if (replaced != null) {
            return new StoredSource(label, replaced);
        }
        Tensor tensor = checkpoint.tensor(name);
        TensorSource stored = new StoredSource(label, tensor);
        return adapter.updateOf(tensor)
                .<TensorSource>map(update -> new AdaptedSource(label, stored, update))
                .orElse(stored);
    }
}
