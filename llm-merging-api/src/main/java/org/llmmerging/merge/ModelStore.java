package org.llmmerging.merge;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.LoraAdapter;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.config.ModelReference;

/** Opens the models of one merge, each file once however often it is named, and closes them together. */
public final class ModelStore implements AutoCloseable {
    private final ModelLocator locator;
    private final Map<Path, Checkpoint> checkpoints = new HashMap<>();
    private final Map<Path, LoraAdapter> adapters = new HashMap<>();
    private final Map<ModelReference, SourceModel> models = new LinkedHashMap<>();

    /** @param locator finds the folders of models */
    public ModelStore(ModelLocator locator) {
        this.locator = locator;
    }

    /**
     * The model a configuration names, opened at the first call.
     *
     * @throws org.llmmerging.checkpoint.CheckpointException when it cannot be found or read, or the adapter does not
     *     fit the model
     */
    public SourceModel open(ModelReference reference) {
        SourceModel known = models.get(reference);
        if (known != null) {
            return known;
        }
        Path folder = locator.locate(reference.path(), reference.revision());
        Checkpoint checkpoint = checkpoints.computeIfAbsent(folder, Checkpoint::open);
        ModelReference adapterReference = reference.adapter();
        LoraAdapter adapter = null;
        if (adapterReference != null) {
            Path adapterFolder = locator.locate(adapterReference.path(), adapterReference.revision());
            adapter = adapters.computeIfAbsent(adapterFolder, LoraAdapter::open);
            adapter.validateAgainst(checkpoint);
        }
        SourceModel model = new SourceModel(reference.toString(), checkpoint, adapter);
        models.put(reference, model);
        return model;
    }

    /** The folders of everything opened so far. */
    public List<Path> folders() {
        return Stream.concat(checkpoints.keySet().stream(), adapters.keySet().stream()).toList();
    }

    /**
     * Checks that no weight file has changed since it was opened.
     *
     * @throws org.llmmerging.checkpoint.CheckpointException naming the file that was cut, replaced or written to
     */
    void verifyUnchanged() {
        checkpoints.values().forEach(Checkpoint::verifyUnchanged);
    }

    @Override
    public void close() {
        adapters.values().forEach(LoraAdapter::close);
        checkpoints.values().forEach(Checkpoint::close);
        adapters.clear();
        checkpoints.clear();
        models.clear();
    }
}
