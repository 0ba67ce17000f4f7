package org.llmmerging.checkpoint;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A checkpoint over one or more open safetensors files, which it owns. */
final class FolderCheckpoint implements Checkpoint {
    private final Path folder;
    private final SortedMap<String, TensorInfo> tensors;
    private final Function<String, @Nullable SafetensorsFile> places;
    private final List<SafetensorsFile> files;

    FolderCheckpoint(Path folder, SortedMap<String, TensorInfo> tensors,
            Function<String, @Nullable SafetensorsFile> places, Collection<SafetensorsFile> files) {
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
        SafetensorsFile file = places.apply(name);
        if (file == null) {
            throw new CheckpointException(folder, "has no tensor " + Quoting.quoted(name));
        }
        return file.tensor(name);
    }

    @Override
    public void verifyUnchanged() {
        files.forEach(SafetensorsFile::verifyUnchanged);
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
