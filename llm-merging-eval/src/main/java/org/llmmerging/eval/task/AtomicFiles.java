package org.llmmerging.eval.task;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.config.FileProblem;

/**
 * Writes files that are there whole or not at all: under a temporary name beside the file, then moved over it. What a
 * process that was killed has left beside a file is deleted when the file is written again.
 */
public final class AtomicFiles {
    private static final String SUFFIX = ".tmp";

    private AtomicFiles() {}

    /**
     * Writes a file and the folders it needs.
     *
     * @throws OutputException when that fails; a file that was there before is unchanged
     */
    public static void write(Path file, String text) {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a folder");
        String prefix = "." + file.getFileName() + ".";
        Path temporary = folder.resolve(prefix + ProcessHandle.current().pid() + SUFFIX);
        try {
            Files.createDirectories(folder);
            deleteAbandoned(folder, prefix);
            try {
                writeAndSync(temporary, text);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw OutputException.of(file, e, 0);
        }
    }

    /** Adds a line to a file, which need not exist yet, as one change. */
    public static void appendLine(Path file, String line) {
        String before = "";
        try {
            if (Files.exists(file)) {
                before = Files.readString(file, StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new OutputException(file,
                    "the file cannot be read (" + FileProblem.of(e) + "); move it away to start afresh", e);
        }
        String separator = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
        write(file, before + separator + line + "\n");
    }

    private static void deleteAbandoned(Path folder, String prefix) throws IOException {
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(folder)) {
            for (Path sibling : siblings) {
                String name = String.valueOf(sibling.getFileName());
                if (name.startsWith(prefix)
                        && name.endsWith(SUFFIX)
                        && name.length() > prefix.length() + SUFFIX.length()
                        && isEnded(name.substring(prefix.length(), name.length() - SUFFIX.length()))) {
                    Files.deleteIfExists(sibling);
                }
            }
        }
    }

    private static boolean isEnded(String process) {
        return process.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(process)).isEmpty();
    }

    private static void writeAndSync(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
