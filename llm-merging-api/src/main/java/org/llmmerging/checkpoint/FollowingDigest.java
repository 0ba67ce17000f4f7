package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/**
 * The SHA-256 of a file while it is being written, in any order: follows the part that has no gaps, and reads it back
 * while it is still in memory. A digest cannot be split up, so it bounds how fast a file is written; when it is far
 * behind, one of the writing threads is held up, to leave it a processor.
 */
final class FollowingDigest implements Callable<String> {
    private static final int PIECE = 1 << 17;
    private static final long FAR_BEHIND = 64L << 20;
    private static final long CLOSE = 32L << 20;

    private final Path file;
    private final long size;
    private final TreeMap<Long, Long> islands = new TreeMap<>();
    private long written;
    private long digested;
    private boolean holdsUp;
    private boolean ended;

    /**
     * @param size what the file will have when it is finished
     * @param written how many bytes it already has, from its start
     */
    FollowingDigest(Path file, long size, long written) {
        this.file = file;
        this.size = size;
        this.written = written;
    }

    /** Says that a part is in the file. Each byte is written once; from any thread, which may be held up. */
    synchronized void written(long position, long end) {
        islands.put(position, end);
        while (!islands.isEmpty() && islands.firstKey() == written) {
            written = islands.pollFirstEntry().getValue();
            notifyAll();
        }
        if (!holdsUp && written - digested > FAR_BEHIND) {
            holdsUp = true;
            while (!ended && written - digested > CLOSE) {
                awaitChange();
            }
            holdsUp = false;
        }
    }

    /** Makes {@link #call} return soon. */
    synchronized void cancel() {
        ended = true;
        notifyAll();
    }

    /**
     * Returns when the file is finished.
     *
     * @return the digest in hexadecimal
     * @throws IOException when the file cannot be read, and after {@link #cancel}
     */
    @Override
    public String call() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MessageDigest digest = sha256();
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            for (long available = next(0); available > 0; available = next(piece.limit())) {
                piece.clear().limit((int) Math.min(PIECE, available));
                channel.read(piece, digested);
                digest.update(piece.flip());
            }
            if (!isWhole()) {
                throw new IOException("writing was given up");
            }
            return HexFormat.of().formatHex(digest.digest());
        } finally {
            cancel();
        }
    }

    /** Waits for bytes that can be read. @return how many; 0 at the end */
    private synchronized long next(int done) {
        digested += done;
        notifyAll();
        while (!ended && digested == written && digested < size) {
            awaitChange();
        }
        return ended ? 0 : written - digested;
    }

    private synchronized boolean isWhole() {
        return digested == size;
    }

    private void awaitChange() {
        try {
            wait();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            ended = true;
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
