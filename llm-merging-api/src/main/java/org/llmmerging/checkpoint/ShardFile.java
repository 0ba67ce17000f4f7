package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One safetensors file being written: its header is written at once, its data at any position afterwards. */
final class ShardFile implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final boolean keepsOpen;

    private ShardFile(Path file, FileChannel channel, boolean keepsOpen) {
        this.file = file;
        this.channel = channel;
        this.keepsOpen = keepsOpen;
    }

    /**
     * Creates the file at its full size.
     *
     * @param keepsOpen whether the file stays open between writes, which is faster and uses up a file descriptor
     */
    static ShardFile create(Path file, ShardHeader header, boolean keepsOpen) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        ShardFile shard = new ShardFile(file, channel, keepsOpen);
        try {
            writeFully(channel, 0, ByteBuffer.wrap(header.bytes()));
            if (header.size() > header.bytes().length) {
                writeFully(channel, header.size() - 1, ByteBuffer.allocate(1));
            }
            if (!keepsOpen) {
                channel.close();
            }
            return shard;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    Path file() {
        return file;
    }

    /** Writes all that the buffer holds. Thread-safe. */
    void write(long position, ByteBuffer data) throws IOException {
        if (keepsOpen) {
            writeFully(channel, position, data);
            return;
        }
        try (FileChannel opened = FileChannel.open(file, StandardOpenOption.WRITE)) {
            writeFully(opened, position, data);
        }
    }

    static void writeFully(FileChannel channel, long position, ByteBuffer data) throws IOException {
        long at = position;
        while (data.hasRemaining()) {
            at += channel.write(data, at);
        }
    }

    /** Returns when the content is on the disk. */
    void force() throws IOException {
        if (keepsOpen) {
            channel.force(true);
            return;
        }
        try (FileChannel opened = FileChannel.open(file, StandardOpenOption.WRITE)) {
            opened.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
