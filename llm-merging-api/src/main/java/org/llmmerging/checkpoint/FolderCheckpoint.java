package org.llmmerging.checkpoint;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.Quoting;

/** A checkpoint over one or more open files of weights, which it owns. */
final class FolderCheckpoint implements Checkpoint {
    private final Path folder;
    private final SortedMap<String, TensorInfo> tensors;
    private final Function<String, @Nullable WeightFile> places;
    private final List<WeightFile> files;

    FolderCheckpoint(Path folder, SortedMap<String, TensorInfo> tensors,
            Function<String, @Nullable WeightFile> places, Collection<WeightFile> files) {
        this.folder = folder;
        this.tensors = tensors;
        this.places = places;
        this.files = List.copyOf(files);
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public SortedMap<String, TensorInfo> tensors() {
        return tensors;
    }

    @Override
    public Tensor tensor(String name) {
        WeightFile file = places.apply(name);
        if (file == null) {
            throw new CheckpointException(folder, "has no tensor " + Quoting.quoted(name));
        }
        return file.tensor(name);
    }

    @Override
    public void verifyUnchanged() {
        files.forEach(WeightFile::verifyUnchanged);
    }

    @Override
    public void close() {
        files.forEach(WeightFile::close);
    }
}
