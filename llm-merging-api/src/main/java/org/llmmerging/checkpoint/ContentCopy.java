package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Copies what a file holds and nothing else: the copy of a file that may not be written is one that may, since an
 * output is its owner's to change.
 */
public final class ContentCopy {
    private static final int BUFFER = 1 << 16;

    private ContentCopy() {}

    /** What {@link #of} would say of a regular file that may not be read, without the file's name. */
    public static Optional<String> fault(Path from) {
        return Files.isReadable(from) ? Optional.empty() : Optional.of(InputFiles.FORBIDDEN);
    }

    /**
     * Copies a file.
     *
     * @throws CheckpointException when {@code from} cannot be read
     * @throws OutputException when {@code to} is there already or cannot be written
     */
    public static void of(Path from, Path to) {
        InputFiles.attributes(from);
        try (FileChannel input = InputFiles.open(from);
                FileChannel output = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer content = ByteBuffer.allocate(BUFFER);
            while (read(from, input, content.clear())) {
                content.flip();
                while (content.hasRemaining()) {
                    output.write(content);
                }
            }
        } catch (IOException e) {
            throw OutputException.of(to, e, 0);
        }
    }

    private static boolean read(Path from, FileChannel input, ByteBuffer content) {
        try {
            return input.read(content) >= 0;
        } catch (IOException e) {
            throw InputFiles.failure(from, e);
        }
    }
}
