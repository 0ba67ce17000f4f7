package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
    private final Path file;
    private final FileChannel channel;
    private final ShardHeader header;
    private final Map<String, Long> sizes = new HashMap<>();
    private final AtomicLong written = new AtomicLong();

    private SafetensorsWriter(Path file, FileChannel channel, CheckpointLayout.Shard planned) {
        this.file = file;
        this.channel = channel;
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
        CheckpointLayout.Shard planned = CheckpointLayout.of(folder, tensors, Long.MAX_VALUE).shards().getFirst();
        try {
            return new SafetensorsWriter(file, open(file, planned.header()), planned);
        } catch (IOException e) {
            throw OutputException.of(file, e, planned.header().size());
        }
    }

    private static FileChannel open(Path file, ShardHeader header) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            writeFully(channel, 0, ByteBuffer.wrap(header.bytes()));
            if (header.size() > header.bytes().length) {
                writeFully(channel, header.size() - 1, ByteBuffer.allocate(1));
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Writes all that a buffer holds. Thread-safe. */
    static void writeFully(FileChannel channel, long position, ByteBuffer data) throws IOException {
        long at = position;
        while (data.hasRemaining()) {
            at += channel.write(data, at);
        }
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
            writeFully(channel, start + byteOffset, data);
        } catch (IOException e) {
            throw OutputException.of(file, e, header.size());
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
            throw new IllegalStateException(file + ": " + written + " bytes written of " + planned);
        }
        try {
            channel.force(true);
        } catch (IOException e) {
            throw OutputException.of(file, e, header.size());
        }
    }

    /** Closes the file; what was not finished is incomplete. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw OutputException.of(file, e, header.size());
        }
    }
}
