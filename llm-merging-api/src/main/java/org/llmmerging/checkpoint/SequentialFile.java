package org.llmmerging.checkpoint;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A new file that is written front to back in large pieces. A large file goes to the disk past the system's page cache
 * where the file system allows it (Linux's {@code O_DIRECT}): nothing is copied, and the models that are being read
 * stay in the cache.
 */
final class SequentialFile implements AutoCloseable {
    private final FileChannel channel;
    private final int blockSize;
    private @Nullable FileChannel direct;
    private long position;

    private SequentialFile(FileChannel channel, int blockSize, @Nullable FileChannel direct) {
        this.channel = channel;
        this.blockSize = blockSize;
        this.direct = direct;
    }

    /**
     * @param blockSize what pieces past the page cache are multiples of, in memory and in the file; 0 when the file is
     *     to go through it
     */
    static SequentialFile create(Path file, int blockSize) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileChannel direct = null;
        if (blockSize > 0) {
            try {
                direct = FileChannel.open(file, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
            } catch (IOException | UnsupportedOperationException unsupported) {
                // The file system or the system cannot do it.
            }
        }
        return new SequentialFile(channel, blockSize, direct);
    }

    /** Appends all that the buffer holds. To go past the page cache it lies at a multiple of the block size. */
    void append(ByteBuffer data) throws IOException {
        FileChannel past = direct;
        if (past != null) {
            int whole = data.remaining() - data.remaining() % blockSize;
            try {
                int written = past.write(data.slice(data.position(), whole), position);
                data.position(data.position() + written);
                position += written;
            } catch (IOException refused) {
                // Written again the ordinary way, which says what is wrong if something is.
                past.close();
                direct = null;
            }
        }
        int rest = data.remaining();
        SafetensorsWriter.writeFully(channel, position, data);
        position += rest;
    }

    /** Returns when the content is on the disk. */
    void force() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            if (direct != null) {
                direct.close();
            }
        }
    }
}
