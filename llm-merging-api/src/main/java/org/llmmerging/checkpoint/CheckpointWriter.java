package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a checkpoint in Hugging Face layout, in any order: {@code model.safetensors}, or when the tensors exceed the
 * shard size {@code model-00001-of-00003.safetensors} and so on with {@code model.safetensors.index.json}.
 *
 * <p>Every tensor has its place from the start, so {@link #write} may be called from several threads, in any order and
 * for any part of a tensor. The folder is meant to be a {@link StagedFolder}'s: after a failure the files are
 * incomplete. {@link CheckpointStream} is faster for large models that are written front to back.
 */
public final class CheckpointWriter implements AutoCloseable {
    // Far below the 64 or 256 open files that the strictest systems allow a process.
    private static final int MOST_OPEN_FILES = 24;

    private final CheckpointLayout layout;
    private final List<SafetensorsWriter> shards = new ArrayList<>();
    private final Map<String, SafetensorsWriter> shardOfTensor = new HashMap<>();

    private CheckpointWriter(CheckpointLayout layout) {
        this.layout = layout;
    }

    /**
     * Lays out and creates the files.
     *
     * @param folder an existing folder without weights
     * @param tensors what will be written, in any order; names are unique
     * @param maxShardBytes most bytes of data in one file, unless one tensor alone has more
     * @param metadata for each file's header, besides {@code format=pt}
     * @throws OutputException when the files cannot be created or the disk has too little space
     */
    public static CheckpointWriter create(
            Path folder, List<TensorInfo> tensors, long maxShardBytes, Map<String, String> metadata) {
        CheckpointLayout layout = CheckpointLayout.of(folder, tensors, maxShardBytes, metadata);
        CheckpointWriter writer = new CheckpointWriter(layout);
        try {
            writer.createShards();
        } catch (OutputException e) {
            writer.close();
            throw e;
        }
        return writer;
    }

    private void createShards() {
        boolean keepsOpen = layout.shards().size() <= MOST_OPEN_FILES;
        for (CheckpointLayout.Shard planned : layout.shards()) {
            SafetensorsWriter shard = SafetensorsWriter.create(planned, keepsOpen);
            shards.add(shard);
            planned.tensors().forEach(tensor -> shardOfTensor.put(tensor.name(), shard));
        }
    }

    /** The weight files, in order; without the index. */
    List<Path> files() {
        return shards.stream().map(SafetensorsWriter::file).toList();
    }

    /** Size of all tensors' data. */
    public long totalBytes() {
        return layout.totalBytes();
    }

    /**
     * Writes part of a tensor. Thread-safe; parts do not overlap.
     *
     * @param byteOffset where in the tensor's data the part starts
     * @param data little-endian, from the buffer's position to its limit; all of it is consumed
     * @throws OutputException when the disk is full or fails
     */
    public void write(String tensor, long byteOffset, ByteBuffer data) {
        SafetensorsWriter shard = shardOfTensor.get(tensor);
        if (shard == null) {
            throw new IllegalArgumentException("no tensor " + tensor + " was planned");
        }
        shard.write(tensor, byteOffset, data);
    }

    /**
     * Writes the index, if there are shards, and returns when everything is on the disk.
     *
     * @throws IllegalStateException when fewer or more bytes were written than planned
     * @throws OutputException when the disk is full or fails
     */
    public void finish() {
        shards.forEach(SafetensorsWriter::finish);
        try {
            layout.writeIndex();
        } catch (IOException e) {
            throw OutputException.of(layout.folder(), e, totalBytes());
        }
    }

    /** Closes the files; what was not finished is incomplete. */
    @Override
    public void close() {
        shards.forEach(SafetensorsWriter::close);
    }
}
