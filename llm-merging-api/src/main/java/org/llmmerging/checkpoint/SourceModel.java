package org.llmmerging.checkpoint;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.llmmerging.tensor.DType;

/**
 * An open model: a checkpoint, with a LoRA adapter on it or not. Thread-safe.
 *
 * @param label the model as the configuration names it
 * @param checkpoint its weights, or those the adapter is applied to
 * @param adapter the adapter, or null
 * @param adaptedType what the weights are rounded to once the adapter is applied, or null for no rounding
 */
public record SourceModel(
        String label, Checkpoint checkpoint, @Nullable LoraAdapter adapter, @Nullable DType adaptedType) {

    /** A model whose weights are not rounded after the adapter is applied. */
    public SourceModel(String label, Checkpoint checkpoint, @Nullable LoraAdapter adapter) {
        this(label, checkpoint, adapter, null);
    }

    /** The folder that the weights lie in, with the configuration and the tokenizer that go with them. */
    public Path folder() {
        return checkpoint.folder();
    }

    /** Every tensor by name, with those that the adapter brings. */
    public SortedMap<String, TensorInfo> tensors() {
        if (adapter == null) {
            return checkpoint.tensors();
        }
        SortedMap<String, TensorInfo> tensors = new TreeMap<>(checkpoint.tensors());
        adapter.replaced().forEach((name, tensor) -> tensors.put(name, tensor.info()));
        adapter.untiedHead(checkpoint).ifPresent(head -> tensors.put(head.info().name(), head.info()));
        return Collections.unmodifiableSortedMap(tensors);
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
        TensorSource adapted = adapted(name, adapter);
        DType type = adaptedType;
        if (type == null || !adapted.info().dtype().isMergeable()) {
            return adapted;
        }
        return new RoundedSource(adapted, type);
    }

    private TensorSource adapted(String name, LoraAdapter lora) {
        if (LoraVocabulary.isHead(name) && !checkpoint.tensors().containsKey(name)) {
            Optional<Tensor> untied = lora.untiedHead(checkpoint);
            if (untied.isPresent()) {
                return new StoredSource(label, untied.get());
            }
        }
        Tensor replacement = lora.replaced().get(name);
        Tensor tensor = replacement == null ? checkpoint.tensor(name) : replacement;
        TensorSource stored = new StoredSource(label, tensor);
        return lora.updates(name)
                ? new AdaptedSource(
                        label, stored, lora.factorBytes(name), () -> lora.updateOf(tensor).orElseThrow())
                : stored;
    }
}
