package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cleans up beside an output folder after processes that were killed. */
final class Leftovers {
    private static final Pattern PROCESS = Pattern.compile("(\\d{1,18})-[0-9a-f]+");
    // Clocks of the process table and the file system differ by up to a tick.
    private static final Duration SLACK = Duration.ofSeconds(2);

    private Leftovers() {}

    /**
     * Restores the target when it was moved aside and nothing took its place, and deletes what else is left. What cannot
     * be deleted stays: it is in nobody's way.
     */
    static void clean(StagingNames names) throws IOException {
        for (Path old : abandoned(names, StagingNames.OLD)) {
            if (Files.exists(names.target())) {
                FolderTree.deleteQuietly(old);
            } else {
                Files.move(old, names.target(), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        deleteUnfinished(names);
    }

    /** Deletes what was not finished, as far as the folder can be listed. */
    static void deleteUnfinished(StagingNames names) {
        try {
            for (Path unfinished : abandoned(names, StagingNames.NEW)) {
                FolderTree.deleteQuietly(unfinished);
            }
        } catch (IOException e) {
            // It stays, in nobody's way.
        }
    }

    private static List<Path> abandoned(StagingNames names, String kind) throws IOException {
        String prefix = names.prefix(kind);
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(names.parent())) {
            for (Path sibling : siblings) {
                String name = String.valueOf(sibling.getFileName());
                if (name.startsWith(prefix) && isAbandoned(sibling, name.substring(prefix.length()))) {
                    found.add(sibling);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    private static boolean isAbandoned(Path folder, String suffix) throws IOException {
        Matcher process = PROCESS.matcher(suffix);
        if (!process.matches()) {
            return false;
        }
        Instant written;
        try {
            written = Files.getLastModifiedTime(folder).toInstant();
        } catch (NoSuchFileException e) {
            return false;
        }
        // A process that started after the folder's last change has been given a dead one's number.
        return ProcessHandle.of(Long.parseLong(process.group(1)))
                .filter(ProcessHandle::isAlive)
                .flatMap(alive -> alive.info().startInstant().or(() -> Optional.of(Instant.MIN)))
                .map(started -> started.isAfter(written.plus(SLACK)))
                .orElse(true);
    }
}
