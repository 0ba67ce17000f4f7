package org.llmmerging.merge;

import java.io.File;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.LoraAdapter;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.hub.HubCache;
import org.llmmerging.tensor.DType;

/** Opens the models of one merge, each file once however often it is named, and closes them together. */
public final class ModelStore implements AutoCloseable {
    private final ModelLocator locator;
    private final @Nullable DType adaptedType;
    private final Map<Path, Checkpoint> checkpoints = new HashMap<>();
    private final Map<Path, LoraAdapter> adapters = new HashMap<>();
    private final Map<ModelReference, SourceModel> models = new LinkedHashMap<>();
    private final Map<ModelReference, TensorNames> names = new HashMap<>();
    private final SortedMap<String, String> revisions = new TreeMap<>();
    private final SortedSet<String> ignoredRevisions = new TreeSet<>();

    /** @param locator finds the folders of models */
    public ModelStore(ModelLocator locator) {
        this(locator, null);
    }

    /**
     * @param locator finds the folders of models
     * @param adaptedType what the weights of a model with an adapter are rounded to when the adapter is applied, or
     *     null for no rounding
     */
    public ModelStore(ModelLocator locator, @Nullable DType adaptedType) {
        this.locator = locator;
        this.adaptedType = adaptedType;
    }

    /** Takes a checkpoint for the weights of a folder, which is then not read itself; closed with the others. */
    void put(Path folder, Checkpoint checkpoint) {
        checkpoints.put(folder, checkpoint);
    }

    /**
     * The model a configuration names, opened at the first call.
     *
     * @throws CheckpointException when it cannot be found or read, or the adapter does not
     *     fit the model
     */
    public SourceModel open(ModelReference reference) {
        SourceModel known = models.get(reference);
        if (known != null) {
            return known;
        }
        Path folder = located(reference);
        Checkpoint checkpoint = checkpoint(reference, folder);
        ModelReference adapterReference = reference.adapter();
        LoraAdapter adapter = null;
        if (adapterReference != null) {
            Path adapterFolder = located(adapterReference);
            adapter = adapters.computeIfAbsent(adapterFolder, LoraAdapter::open).on(checkpoint);
            adapter.validateAgainst(checkpoint, isStage(reference)
                    ? "of the stage '" + reference.path() + "'" // whose folder may be gone when the message is read
                    : checkpoint.folder().toString());
        }
        SourceModel model = new SourceModel(reference.toString(), checkpoint, adapter, adaptedType);
        models.put(reference, model);
        return model;
    }

    private Checkpoint checkpoint(ModelReference reference, Path folder) {
        try {
            return checkpoints.computeIfAbsent(folder, Checkpoint::open);
        } catch (CheckpointException unreadable) {
            if (isStage(reference)) {
                throw CheckpointException.ofSeveral(List.of(unreadable.getMessage() + ". It is the stage '"
                        + reference.path() + "': delete " + folder + ", and the stage is made again"), unreadable);
            }
            throw unreadable;
        }
    }

    /** Whether a stage of the same file makes the model. */
    boolean isStage(ModelReference reference) {
        return locator.isStage(reference.path());
    }

    /**
     * Reports what is wrong with files of a stage, whose folder may be one that is there for as long as planning takes.
     *
     * @param found what is wrong, with the files' paths
     * @param position where the configuration asks for them
     */
    void addOfStage(ModelReference stage, Problems found, Position position, Problems problems) {
        String folder = open(stage).folder() + File.separator;
        found.lines().forEach(line -> problems.add(
                position, "the stage '" + stage.path() + "': " + line.replace(folder, "")));
    }

    /**
     * Where a model or an adapter named by itself lies.
     *
     * @throws CheckpointException when it cannot be found
     */
    Path located(ModelReference reference) {
        Path folder = locator.locate(reference.path(), reference.revision());
        String name = new ModelReference(reference.path(), reference.revision(), null).toString();
        Optional<String> commit = HubCache.commitOf(folder);
        if (commit.isPresent()) {
            revisions.put(name, commit.get());
        } else if (reference.revision() != null) {
            ignoredRevisions.add(name);
        }
        return folder;
    }

    /** The folders opened so far that were named with a revision, which only a repository has. */
    SortedSet<String> ignoredRevisions() {
        return Collections.unmodifiableSortedSet(ignoredRevisions);
    }

    /** The commits of the repositories opened so far, by their names in the configuration; folders have none. */
    SortedMap<String, String> revisions() {
        return Collections.unmodifiableSortedMap(revisions);
    }

    /**
     * An adapter that is named by itself, as one on a base; any other model as it is.
     *
     * @throws CheckpointException when it cannot be found
     */
    public ModelReference onBase(ModelReference given, ModelReference base) {
        boolean isAdapter = given.adapter() == null
                && LoraAdapter.isAdapter(locator.locate(given.path(), given.revision()));
        return isAdapter ? new ModelReference(base.path(), base.revision(), given) : given;
    }

    /** The names of a model's tensors; opens it as {@link #open} does. */
    TensorNames names(ModelReference reference) {
        return names.computeIfAbsent(reference, unknown -> new TensorNames(open(unknown)));
    }

    /** The folders of everything opened so far. */
    public List<Path> folders() {
        return Stream.concat(checkpoints.keySet().stream(), adapters.keySet().stream()).toList();
    }

    /**
     * Checks that no weight file has changed since it was opened.
     *
     * @throws CheckpointException naming the file that was cut, replaced or written to
     */
    void verifyUnchanged() {
        checkpoints.values().forEach(Checkpoint::verifyUnchanged);
        adapters.values().forEach(LoraAdapter::verifyUnchanged);
    }

    @Override
    public void close() {
        adapters.values().forEach(LoraAdapter::close);
        checkpoints.values().forEach(Checkpoint::close);
        adapters.clear();
        checkpoints.clear();
        models.clear();
        names.clear();
    }
}
