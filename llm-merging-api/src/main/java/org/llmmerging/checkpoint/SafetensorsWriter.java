package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes one safetensors file, in any order. Every tensor has its place from the start, so {@link #write} may be called
 * from several threads, in any order and for any part of a tensor. After a failure the file is incomplete: it is meant
 * to lie in a {@link StagedFolder} or to be a {@link StagedFile}.
 */
public final class SafetensorsWriter implements AutoCloseable {
    private final ShardFile file;
    private final ShardHeader header;
    private final Map<String, Long> sizes = new HashMap<>();
    private final AtomicLong written = new AtomicLong();

    private SafetensorsWriter(ShardFile file, CheckpointLayout.Shard planned) {
        this.file = file;
        this.header = planned.header();
        planned.tensors().forEach(tensor -> sizes.put(tensor.name(), tensor.bytes()));
    }

    /**
     * Creates the file at its full size.
     *
     * @param file missing, in a folder that exists
     * @param tensors what will be written, in any order; names are unique
     * @throws OutputException when the file cannot be created or the disk has too little space
     */
    public static SafetensorsWriter create(Path file, List<TensorInfo> tensors) {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        CheckpointLayout.Shard single = CheckpointLayout.of(folder, tensors, Long.MAX_VALUE, Map.of())
                .shards()
                .getFirst();
        return create(new CheckpointLayout.Shard(file, single.header(), single.tensors()), true);
    }

    /** @param keepsOpen whether the file stays open between writes, which is faster and uses up a file descriptor */
    static SafetensorsWriter create(CheckpointLayout.Shard planned, boolean keepsOpen) {
        try {
            return new SafetensorsWriter(ShardFile.create(planned.file(), planned.header(), keepsOpen), planned);
        } catch (IOException e) {
            throw OutputException.of(planned.file(), e, planned.header().size());
        }
    }

    /** The file being written. */
    public Path file() {
        return file.file();
    }

    /**
     * Writes part of a tensor. Thread-safe; parts do not overlap.
     *
     * @param byteOffset where in the tensor's data the part starts
     * @param data little-endian, from the buffer's position to its limit; all of it is consumed
     * @throws OutputException when the disk is full or fails
     */
    public void write(String tensor, long byteOffset, ByteBuffer data) {
        Long start = header.starts().get(tensor);
        if (start == null) {
            throw new IllegalArgumentException("no tensor " + tensor + " was planned");
        }
        Objects.checkFromIndexSize(byteOffset, data.remaining(), Objects.requireNonNull(sizes.get(tensor)));
        int bytes = data.remaining();
        try {
            file.write(start + byteOffset, data);
        } catch (IOException e) {
            throw OutputException.of(file(), e, header.size());
        }
        written.addAndGet(bytes);
    }

    /**
     * Returns when everything is on the disk.
     *
     * @throws IllegalStateException when fewer or more bytes were written than planned
     * @throws OutputException when the disk is full or fails
     */
    public void finish() {
        long planned = header.size() - header.bytes().length;
        if (written.get() != planned) {
            throw new IllegalStateException(file() + ": " + written + " bytes written of " + planned);
        }
        try {
            file.force();
        } catch (IOException e) {
            throw OutputException.of(file(), e, header.size());
        }
    }

    /** Closes the file; what was not finished is incomplete. */
    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw OutputException.of(file(), e, header.size());
        }
    }
}
