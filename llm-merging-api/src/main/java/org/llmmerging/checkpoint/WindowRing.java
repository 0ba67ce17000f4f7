package org.llmmerging.checkpoint;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * A few windows of memory that move over a longer sequence of bytes: many threads fill them, two readers read each
 * when it is full, in order, and when both have, its memory is used for a later one. Threads wait for one another.
 */
final class WindowRing implements AutoCloseable {
    /** Thrown to whoever waits when the ring is ended. */
    static final class EndedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Who reads every window. */
    enum Reader {
        DIGEST,
        DISK
    }

    private final int windows;
    private final IntUnaryOperator begin;
    private final Arena arena = Arena.ofShared();
    private final List<ByteBuffer> memory = new ArrayList<>();
    private final int[] missing;
    private final int[] read = new int[Reader.values().length];
    private boolean ended;

    /**
     * @param windows length of the sequence
     * @param most how many are in memory
     * @param bytes most bytes of a window
     * @param alignment of each window's memory, a power of two
     * @param begin called when a window has its memory, with the window: says how many bytes threads will put there. It
     *     may use {@link #memory}
     */
    WindowRing(int windows, int most, int bytes, int alignment, IntUnaryOperator begin) {
        this.windows = windows;
        this.begin = begin;
        int count = Math.min(most, windows);
        this.missing = new int[count];
        for (int slot = 0; slot < count; slot++) {
            memory.add(arena.allocate(bytes, alignment).asByteBuffer());
        }
    }

    /** Gives the first windows their memory. Called once, before anything else. */
    synchronized void start() {
        for (int window = 0; window < missing.length; window++) {
            missing[window] = begin.applyAsInt(window);
        }
    }

    /** The memory of a window that has some. Its position and limit are not to be changed. */
    ByteBuffer memory(int window) {
        return memory.get(window % memory.size());
    }

    /**
     * Copies all that the buffer holds into a window, and waits until it has memory. Thread-safe.
     *
     * @throws EndedException when there will be none
     */
    void put(int window, int at, ByteBuffer data) {
        awaitMemory(window);
        int bytes = data.remaining();
        memory(window).put(at, data, data.position(), bytes);
        data.position(data.limit());
        filled(window, bytes);
    }

    private synchronized void awaitMemory(int window) {
        while (!ended && window >= free() + missing.length) {
            await();
        }
        checkRunning();
    }

    /** The first window that somebody has still to read. */
    private int free() {
        return Math.min(read[0], read[1]);
    }

    private synchronized void filled(int window, int bytes) {
        missing[window % missing.length] -= bytes;
        if (missing[window % missing.length] == 0) {
            notifyAll();
        }
    }

    /**
     * Waits until a reader's next window is full.
     *
     * @throws EndedException when it will not be
     */
    synchronized void awaitFull(Reader reader) {
        int window = read[reader.ordinal()];
        while (!ended && (window >= free() + missing.length || missing[window % missing.length] > 0)) {
            await();
        }
        checkRunning();
    }

    /** Says that a reader is through with its next window. */
    synchronized void release(Reader reader) {
        int before = free();
        read[reader.ordinal()]++;
        int next = before + missing.length;
        if (free() > before && next < windows) {
            missing[next % missing.length] = begin.applyAsInt(next);
        }
        notifyAll();
    }

    /** Ends all waiting. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    private void checkRunning() {
        if (ended) {
            throw new EndedException();
        }
    }

    private void await() {
        try {
            wait();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new EndedException();
        }
    }

    /** Gives the memory back; nobody uses the ring any more. */
    @Override
    public void close() {
        arena.close();
    }
}
