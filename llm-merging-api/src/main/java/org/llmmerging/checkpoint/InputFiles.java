package org.llmmerging.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.llmmerging.config.FileProblem;

/** Opens input files, and says in words why one cannot be opened. */
final class InputFiles {
    /** What is wrong with a file that may not be read, and the remedy. */
    static final String FORBIDDEN = "may not be read. Change its permissions";

    private InputFiles() {}

    /**
     * Attributes of a regular file; links are followed. Anything else is refused before it is opened, because
     * opening a named pipe waits for its other end.
     */
    static BasicFileAttributes attributes(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                throw new CheckpointException(file, "is a folder, expected a file");
            }
            if (!attributes.isRegularFile()) {
                throw new CheckpointException(
                        file, "is not a regular file but a pipe, socket or device. Give a file on disk");
            }
            return attributes;
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** Opens for reading a file that {@link #attributes} accepted. */
    static FileChannel open(Path file) {
        try {
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** The whole content of a small text file. */
    static byte[] readAll(Path file, int maxBytes) {
        long size = attributes(file).size();
        if (size > maxBytes) {
            throw new CheckpointException(file, "has " + size + " bytes, the most accepted is " + maxBytes);
        }
        try (FileChannel channel = open(file)) {
            return readFully(channel, 0, (int) size).array();
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** Reads exactly so many bytes; the buffer is little-endian and starts at its first byte. */
    static ByteBuffer readFully(FileChannel channel, long position, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("the file ended early");
            }
        }
        return buffer.flip();
    }

    /** An input/output failure as a message with its remedy. */
    static CheckpointException failure(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return new CheckpointException(file, Files.isSymbolicLink(file)
                    ? "does not exist: it is a link that leads nowhere. Correct the link, or download the file again"
                    : "does not exist. Check the path", e);
        }
        if (e instanceof AccessDeniedException) {
            return new CheckpointException(file, FORBIDDEN, e);
        }
        if (e instanceof EOFException) {
            return new CheckpointException(file, "was cut short while it was read. Download or write it again", e);
        }
        return new CheckpointException(file, "cannot be read: " + FileProblem.of(e), e);
    }
}
