package org.llmmerging.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lists a folder, deletes it or puts it on the disk, with everything in it. Links are not followed. */
public final class FolderTree {
    private FolderTree() {}

    /**
     * Deletes the folder if it is there.
     *
     * @throws IOException when something in it cannot be deleted; part of it may be gone then
     */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure) throws IOException {
                super.postVisitDirectory(each, failure);
                Files.deleteIfExists(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /**
     * What lies in a folder, by name.
     *
     * @throws IOException when the folder cannot be listed, also when that shows only in the midst of it
     */
    public static List<Path> children(Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> content = Files.newDirectoryStream(folder)) {
            content.forEach(children::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(children);
        return children;
    }

    /**
     * All that lies in a folder and in the folders within it, except these, by path.
     *
     * @throws IOException when one of the folders cannot be listed
     */
    public static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> below = Files.walk(folder)) {
            return below.filter(each -> !Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }

    /** Deletes, also while other threads are still writing: a few tries, then what is left stays. */
    public static void deleteQuietly(Path folder) {
        for (int attempt = 0; attempt < 10; attempt++) {
            try {
                delete(folder);
                return;
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
    }

    /** The folder and those of its parents that are not there, innermost first. A link to nowhere is there. */
    static List<Path> missing(Path folder) {
        List<Path> missing = new ArrayList<>();
        for (Path each = folder; each != null
                && !Files.exists(each, LinkOption.NOFOLLOW_LINKS); each = each.getParent()) {
            missing.add(each);
        }
        return missing;
    }

    /** The folder, or the nearest above it that is there: a file, or a link to nowhere, where one stands in the way. */
    static Path existing(Path folder) {
        List<Path> missing = missing(folder);
        Path above = missing.isEmpty() ? folder : missing.getLast().getParent();
        return above == null ? folder : above;
    }

    /** Deletes the folders in this order, up to the first that is in use. */
    static void deleteEmpty(List<Path> folders) {
        try {
            for (Path folder : folders) {
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            // Someone else's content has come into it: it stays.
        }
    }

    /** Returns when every file and folder is on the disk. */
    static void force(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                        channel.force(true);
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure) throws IOException {
                super.postVisitDirectory(each, failure);
                forceFolder(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Returns when the names in a folder are on the disk, where the system lets a folder be opened for that. */
    static void forceFolder(Path folder) throws IOException {
        if (System.getProperty("os.name", "").startsWith("Windows")) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
