package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointLayout.Shard;
import org.llmmerging.checkpoint.WindowRing.Reader;

/**
 * Writes a checkpoint in Hugging Face layout front to back, as fast as the disk and SHA-256 are: threads fill windows
 * of the files in memory, one more thread digests the windows in their order, and another writes them to the disk. A
 * digest is one chain that cannot be split up, so it bounds how fast a file is written.
 *
 * <p>{@link #write} may be called from several threads. Together they write the tensors in the order of
 * {@link #tensors()} and each from its front; a thread that is ahead of the others by more than {@link #MEMORY} waits
 * for them.
 *
 * <p>The folder is meant to be a {@link StagedFolder}'s: after a failure the files are incomplete.
 */
public final class CheckpointStream implements AutoCloseable {
    private static final int WINDOW = 4 << 20;
    private static final int WINDOWS = 8;

    /** Most bytes of memory, outside the heap, that a stream uses. */
    public static final long MEMORY = (long) WINDOW * WINDOWS;

    /** From this size on files go past the page cache: they would drive out of it what is being read. */
    private static final long LARGE = 256L << 20;

    /** A file and its windows, which are numbered through all files. */
    private record Part(Shard shard, int firstWindow, int endWindow) {}

    private record Place(Part part, long position, long bytes) {}

    private final CheckpointLayout layout;
    private final int window;
    private final int blockSize;
    private final List<Part> parts = new ArrayList<>();
    private final Map<String, Place> places = new HashMap<>();
    private final WindowRing ring;
    private final Thread digesting = thread("digest", this::digest);
    private final Thread storing = thread("store", this::store);
    private final Map<Path, String> digests = new LinkedHashMap<>();
    private final AtomicLong written = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private CheckpointStream(CheckpointLayout layout, int window, int blockSize) {
        this.layout = layout;
        this.window = window;
        this.blockSize = blockSize;
        int windows = 0;
        for (Shard shard : layout.shards()) {
            long end = windows + Math.ceilDiv(shard.header().size(), (long) window);
            Part part = new Part(shard, windows, Math.toIntExact(end));
            parts.add(part);
            for (TensorInfo tensor : shard.tensors()) {
                long start = Objects.requireNonNull(shard.header().starts().get(tensor.name()));
                places.put(tensor.name(), new Place(part, start, tensor.bytes()));
            }
            windows = part.endWindow();
        }
        long largest = layout.shards().stream().mapToLong(shard -> shard.header().size()).max().orElse(1);
        this.ring = new WindowRing(
                windows, WINDOWS, (int) Math.min(window, largest), Math.max(blockSize, 1), this::begin);
    }

    /**
     * Lays out the files. They are created one after the other.
     *
     * @param folder an existing folder without weights
     * @param tensors what will be written, in any order; names are unique
     * @param maxShardBytes most bytes of data in one file, unless one tensor alone has more
     * @throws OutputException when the disk has too little space
     */
    public static CheckpointStream create(Path folder, List<TensorInfo> tensors, long maxShardBytes) {
        CheckpointLayout layout = CheckpointLayout.of(folder, tensors, maxShardBytes);
        boolean large = layout.totalBytes() >= LARGE;
        return create(layout, WINDOW, large ? blockSize(folder) : 0);
    }

    /** @param blockSize as for {@link SequentialFile}; a divisor of {@code window} */
    static CheckpointStream create(CheckpointLayout layout, int window, int blockSize) {
        CheckpointStream stream = new CheckpointStream(layout, window, blockSize);
        stream.ring.start();
        stream.digesting.start();
        stream.storing.start();
        return stream;
    }

    /** What writing past the page cache goes in multiples of; 0 when it is not known or longer than a window. */
    private static int blockSize(Path folder) {
        try {
            long size = Files.getFileStore(folder).getBlockSize();
            return size <= WINDOW && Long.bitCount(size) == 1 ? (int) size : 0;
        } catch (IOException | UnsupportedOperationException unknown) {
            return 0;
        }
    }

    /** The tensors in the order in which they are written. */
    public List<TensorInfo> tensors() {
        return layout.shards().stream().flatMap(shard -> shard.tensors().stream()).toList();
    }

    /** Gives a window its share of the file's header. @return how many of its bytes are data */
    private int begin(int number) {
        int index = 0;
        while (parts.get(index).endWindow() <= number) {
            index++;
        }
        Part part = parts.get(index);
        long start = (long) (number - part.firstWindow()) * window;
        int length = (int) Math.min(window, part.shard().header().size() - start);
        ByteBuffer memory = ring.memory(number).clear().limit(length);
        byte[] header = part.shard().header().bytes();
        int inHeader = (int) Math.clamp(header.length - start, 0, length);
        memory.put(0, header, (int) Math.min(start, header.length), inHeader);
        return length - inHeader;
    }

    /**
     * Writes part of a tensor. Parts do not overlap.
     *
     * @param byteOffset where in the tensor's data the part starts
     * @param data little-endian, from the buffer's position to its limit; all of it is consumed
     * @throws OutputException when the disk is full or fails, or the thread is interrupted
     */
    public void write(String tensor, long byteOffset, ByteBuffer data) {
        Place place = places.get(tensor);
        if (place == null) {
            throw new IllegalArgumentException("no tensor " + tensor + " was planned");
        }
        Objects.checkFromIndexSize(byteOffset, data.remaining(), place.bytes());
        int end = data.limit();
        long at = place.position() + byteOffset;
        written.addAndGet(data.remaining());
        while (data.position() < end) {
            int inWindow = (int) (at % window);
            int bytes = Math.min(end - data.position(), window - inWindow);
            try {
                int number = place.part().firstWindow() + (int) (at / window);
                ring.put(number, inWindow, data.limit(data.position() + bytes));
            } catch (WindowRing.EndedException ended) {
                throwFailure();
                throw Thread.currentThread().isInterrupted() ? interrupted(ended) : ended;
            }
            at += bytes;
        }
    }

    /**
     * Says that a part will not be written. Who waits to write, and who waits for the end, gets the cause thrown; only
     * the first cause counts.
     */
    public void giveUp(Throwable cause) {
        failure.compareAndSet(null, cause);
        ring.end();
    }

    private void throwFailure() {
        switch (failure.get()) {
            case null -> {
            }
            case RuntimeException cause -> throw cause;
            case Error cause -> throw cause;
            case Throwable cause -> throw new IllegalStateException(cause);
        }
    }

    @FunctionalInterface
    private interface Sink {
        void accept(ByteBuffer window) throws IOException;
    }

    private void readAll(Part part, Reader reader, Sink sink) throws IOException {
        for (int number = part.firstWindow(); number < part.endWindow(); number++) {
            ring.awaitFull(reader);
            sink.accept(ring.memory(number).duplicate());
            ring.release(reader);
        }
    }

    private void digest(Part part) throws IOException {
        MessageDigest digest = Sha256.digest();
        readAll(part, Reader.DIGEST, digest::update);
        digests.put(part.shard().file(), HexFormat.of().formatHex(digest.digest()));
    }

    private void store(Part part) throws IOException {
        try (SequentialFile output = SequentialFile.create(part.shard().file(), blockSize)) {
            readAll(part, Reader.DISK, output::append);
            output.force();
        }
    }

    @FunctionalInterface
    private interface Work {
        void on(Part part) throws IOException;
    }

    private Thread thread(String name, Work work) {
        return Thread.ofPlatform().name(name).daemon().unstarted(() -> {
            try {
                for (Part part : parts) {
                    work.on(part);
                }
            } catch (WindowRing.EndedException end) {
                // Another thread gave up, and says why.
            } catch (IOException e) {
                giveUp(OutputException.of(layout.folder(), e, layout.totalBytes()));
            } catch (RuntimeException | Error e) {
                giveUp(e);
            }
        });
    }

    /**
     * Returns when all weights are on the disk, and writes the index, if there are several files.
     *
     * @return SHA-256 of each weight file, in hexadecimal
     * @throws IllegalStateException when fewer or more bytes were written than planned
     * @throws OutputException when the disk is full or fails, or the thread is interrupted
     */
    public Map<Path, String> finish() {
        if (written.get() != layout.totalBytes()) {
            throw new IllegalStateException(
                    layout.folder() + ": " + written + " bytes written of " + layout.totalBytes());
        }
        try {
            if (Thread.interrupted()) { // which waiting for threads that have ended does not look at
                throw new InterruptedException();
            }
            digesting.join();
            storing.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
        throwFailure();
        layout.writeIndex();
        return digests;
    }

    private OutputException interrupted(Exception cause) {
        return new OutputException(layout.folder(), "was not written to its end: the thread was interrupted", cause);
    }

    /** Gives up what was not finished; its files are incomplete. An interrupt does not keep it from waiting. */
    @Override
    public void close() {
        ring.end();
        boolean interrupted = awaitEnd(digesting) | awaitEnd(storing);
        ring.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return whether the waiting thread was interrupted */
    private static boolean awaitEnd(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
