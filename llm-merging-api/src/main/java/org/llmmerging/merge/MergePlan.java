package org.llmmerging.merge;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.MergeMethod;
import org.llmmerging.config.Note;
import org.llmmerging.tensor.DType;

/**
 * All that a merge will do, decided from the headers of its inputs. Valid while the {@link ModelStore} it was made
 * with is open.
 */
public final class MergePlan {
    private final ModelStore store;
    private final MergeMethod method;
    private final List<PlannedTensor> tensors;
    private final ModelFolder folder;
    private final List<Note> notes;

    MergePlan(
            ModelStore store,
            MergeMethod method,
            List<PlannedTensor> tensors,
            ModelFolder folder,
            List<Note> notes) {
        this.store = store;
        this.method = method;
        this.tensors = List.copyOf(tensors);
        this.folder = folder;
        this.notes = List.copyOf(notes);
    }

    /** What it merges by. */
    public MergeMethod method() {
        return method;
    }

    /** The open models. */
    ModelStore store() {
        return store;
    }

    List<PlannedTensor> tensors() {
        return tensors;
    }

    /** The model whose config.json and generation settings go with the output. */
    public Path configurationFolder() {
        return folder.source();
    }

    /** Writes what belongs to the output beside its weights: config.json, generation settings and tokenizer. */
    void describe(Path output, boolean copyTokenizer) {
        folder.write(output, writtenType(), copyTokenizer);
    }

    /** What the user should know. */
    public List<String> notes() {
        return notes.stream().map(Note::toString).toList();
    }

    /** The same for the model card, which does not say where the configuration lay. */
    List<String> cardNotes() {
        return notes.stream().map(Note::text).toList();
    }

    /** The type that config.json names: that of most of the written elements. */
    DType writtenType() {
        Map<DType, Long> elements = new EnumMap<>(DType.class);
        for (PlannedTensor tensor : tensors) {
            if (tensor.output().dtype().isMergeable()) {
                elements.merge(
                        tensor.output().dtype(), tensor.output().shape().elements(), Long::sum);
            }
        }
        return elements.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(DType.F32);
    }

    /** Bytes of weights that are written. */
    public long outputBytes() {
        return tensors.stream().mapToLong(tensor -> tensor.output().bytes()).sum();
    }
}
