package org.llmmerging.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/** A whole file, mapped read-only, that knows whether it has changed since. Thread-safe. */
final class MappedFile implements AutoCloseable {
    private final Path file;
    private final BasicFileAttributes attributes;
    private final Arena arena;
    private final MemorySegment content;

    private MappedFile(Path file, BasicFileAttributes attributes, Arena arena, MemorySegment content) {
        this.file = file;
        this.attributes = attributes;
        this.arena = arena;
        this.content = content;
    }

    /**
     * Maps a file.
     *
     * @param attributes those of {@code file} from before {@code channel} was opened on it
     * @throws CheckpointException when the file has changed since then
     */
    static MappedFile map(Path file, BasicFileAttributes attributes, FileChannel channel) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            MemorySegment content = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            MappedFile mapped = new MappedFile(file, attributes, arena, content);
            mapped.verifyUnchanged();
            return mapped;
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    Path file() {
        return file;
    }

    /** All bytes, valid until this is closed. */
    MemorySegment content() {
        return content;
    }

    /**
     * Checks that the file has the size, time and identity it was mapped with.
     *
     * @throws CheckpointException when the file was cut, replaced or written to
     */
    void verifyUnchanged() {
        BasicFileAttributes now = InputFiles.attributes(file);
        if (now.size() != attributes.size()
                || !now.lastModifiedTime().equals(attributes.lastModifiedTime())
                || !Objects.equals(now.fileKey(), attributes.fileKey())) {
            throw new CheckpointException(
                    file, "was changed while it was being read. Run again when nothing writes to it");
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
