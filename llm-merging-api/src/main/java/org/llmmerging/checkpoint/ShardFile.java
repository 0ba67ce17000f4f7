package org.llmmerging.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One safetensors file being written: its header is written at once, its data at any position afterwards. */
final class ShardFile implements AutoCloseable {
    // The system lets one thread at a time write to a file, and the others wait for it with their processors busy.
    private final ReentrantLock writing = new ReentrantLock();
    private static final JsonFactory JSON = new JsonFactory();

    private final Path file;
    private final FileChannel channel;
    private final boolean keepsOpen;
    private final long headerBytes;
    private final long size;
    private @Nullable FollowingDigest digest;

    private ShardFile(Path file, FileChannel channel, boolean keepsOpen, long headerBytes, long size) {
        this.file = file;
        this.channel = channel;
        this.keepsOpen = keepsOpen;
        this.headerBytes = headerBytes;
        this.size = size;
    }

    /**
     * Creates the file at its full size.
     *
     * @param tensors in the order of their data
     * @param places receives where each tensor starts
     * @param keepsOpen whether the file stays open between writes, which is faster and uses up a file descriptor
     */
    static ShardFile create(Path file, List<TensorInfo> tensors, SortedMap<String, String> metadata,
            Map<String, Place> places, boolean keepsOpen) throws IOException {
        byte[] header = header(tensors, metadata);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        long size = header.length + tensors.stream().mapToLong(TensorInfo::bytes).sum();
        ShardFile shard = new ShardFile(file, channel, keepsOpen, header.length, size);
        try {
            writeFully(channel, 0, ByteBuffer.wrap(header));
            long position = header.length;
            for (TensorInfo tensor : tensors) {
                places.put(tensor.name(), new Place(shard, position, tensor.bytes()));
                position += tensor.bytes();
            }
            if (position > header.length) {
                writeFully(channel, position - 1, ByteBuffer.allocate(1));
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

    private static byte[] header(List<TensorInfo> tensors, SortedMap<String, String> metadata) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(new byte[Long.BYTES]);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeObjectFieldStart("__metadata__");
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            long begin = 0;
            for (TensorInfo tensor : tensors) {
                long end = Math.addExact(begin, tensor.bytes());
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", tensor.dtype().name());
                json.writeFieldName("shape");
                long[] dimensions = tensor.shape().dimensions();
                json.writeArray(dimensions, 0, dimensions.length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {begin, end}, 0, 2);
                json.writeEndObject();
                begin = end;
            }
            json.writeEndObject();
        }
        int padding = Math.floorMod(-text.size(), Long.BYTES);
        text.writeBytes(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
        byte[] header = text.toByteArray();
        ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length - Long.BYTES);
        return header;
    }

    Path file() {
        return file;
    }

    /** Starts a digest that follows what is written from now on, and must be run. Called before the first write. */
    FollowingDigest follow() {
        FollowingDigest started = new FollowingDigest(file, size, headerBytes);
        digest = started;
        return started;
    }

    /** Writes all that the buffer holds. Thread-safe. */
    void write(long position, ByteBuffer data) throws IOException {
        long end = position + data.remaining();
        if (keepsOpen) {
            writing.lock();
            try {
                writeFully(channel, position, data);
            } finally {
                writing.unlock();
            }
        } else {
            try (FileChannel opened = FileChannel.open(file, StandardOpenOption.WRITE)) {
                writeFully(opened, position, data);
            }
        }
        if (digest != null) {
            digest.written(position, end);
        }
    }

    private static void writeFully(FileChannel channel, long position, ByteBuffer data) throws IOException {
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

    /**
     * Where a tensor's data goes.
     *
     * @param position of its first byte in the file
     */
    record Place(ShardFile shard, long position, long bytes) {}
}
