package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The right to write, rename and delete what is staged under one id. It is a lock on a file beside the output, so that
 * processes on other machines and in other containers, whose numbers mean nothing here, are seen to be at work, too;
 * and it ends with its process, however that ends. Where the file system has no locks, and for what has no lock file, a
 * process is at work while one with its number runs here.
 */
final class StagingClaim implements AutoCloseable {
    // Clocks of the process table and the file system differ by up to a tick.
    private static final Duration SLACK = Duration.ofSeconds(2);

    /** What the ids of this process start with, and those of no other, not even of one with the same number. */
    private static final String OWN = ProcessHandle.current().pid() + "-" + random();

    /**
     * Lock files of other processes that a thread of this one has opened: to close such a file, opened a second time,
     * would give its lock away.
     */
    private static final Set<Path> OPENED = ConcurrentHashMap.newKeySet();

    private final String id;
    private final Path file;
    private final @Nullable FileChannel lock;

    /** @param lock holds the lock on the file, or null when there are none */
    private StagingClaim(String id, Path file, @Nullable FileChannel lock) {
        this.id = id;
        this.file = file;
        this.lock = lock;
    }

    /** Claims an id that was not used yet. */
    static StagingClaim fresh(StagingNames names) throws IOException {
        while (true) {
            String id = OWN + random();
            Path file = names.path(StagingNames.LOCK, id);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            StagingClaim claim = new StagingClaim(id, file, channel);
            boolean locked;
            try {
                locked = channel.tryLock() != null;
            } catch (IOException noLocks) {
                claim.close();
                return new StagingClaim(id, file, null);
            }
            // Before it was locked, another process may have taken it for abandoned.
            if (locked && Files.exists(file)) {
                return claim;
            }
            claim.close();
        }
    }

    /** Claims what another process has left under an id, or returns null while one may be at work on it. */
    static @Nullable StagingClaim ofAbandoned(StagingNames names, String id) throws IOException {
        Path file = names.path(StagingNames.LOCK, id);
        if (id.startsWith(OWN) || !OPENED.add(file)) {
            return null;
        }
        StagingClaim claim = null;
        try {
            claim = open(names, id, file);
        } finally {
            if (claim == null) {
                OPENED.remove(file);
            }
        }
        return claim;
    }

    private static @Nullable StagingClaim open(StagingNames names, String id, Path file) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            return isProcessGone(names, id) ? new StagingClaim(id, file, null) : null;
        } catch (IOException e) {
            return null; // another user's
        }
        boolean claimed = false;
        try {
            claimed = isFree(channel, names, id);
        } finally {
            if (!claimed) {
                channel.close();
            }
        }
        return claimed ? new StagingClaim(id, file, channel) : null;
    }

    private static boolean isFree(FileChannel channel, StagingNames names, String id) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // another thread is cleaning it up, by another path
        } catch (IOException noLocks) {
            return isProcessGone(names, id);
        }
    }

    private static boolean isProcessGone(StagingNames names, String id) throws IOException {
        Instant written = Instant.MIN;
        for (String kind : new String[] {StagingNames.NEW, StagingNames.OLD, StagingNames.LOCK}) {
            try {
                Instant time = Files.getLastModifiedTime(names.path(kind, id)).toInstant();
                written = time.isAfter(written) ? time : written;
            } catch (NoSuchFileException e) {
                // Not all kinds are there at once.
            }
        }
        if (written.equals(Instant.MIN)) {
            return false; // all of it has gone meanwhile
        }
        Instant last = written;
        // A process that started after the last change has been given a dead one's number.
        return ProcessHandle.of(Long.parseLong(id.substring(0, id.indexOf('-'))))
                .filter(ProcessHandle::isAlive)
                .flatMap(alive -> alive.info().startInstant().or(() -> Optional.of(Instant.MIN)))
                .map(started -> started.isAfter(last.plus(SLACK)))
                .orElse(true);
    }

    private static String random() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    }

    String id() {
        return id;
    }

    /** Gives the id up, and deletes the lock file. What cannot be deleted stays, in nobody's way. */
    @Override
    public void close() {
        try (FileChannel held = lock) {
            // Deleted while it is locked: whoever locks it later finds that it is gone.
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // The next run deletes it.
        } finally {
            OPENED.remove(file);
        }
    }
}
