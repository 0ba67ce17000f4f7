package org.llmmerging.tensor;

import java.lang.foreign.MemorySegment;

/**
 * Brings 16-bit elements into an array, a piece that fits the first-level cache at a time, for the vector loops.
 *
 * <p>They do not load from the segment itself: when a mapped file is cut, the copy fails with {@link InternalError},
 * while a vector load ends the virtual machine.
 */
final class StoredShorts {
    private static final int PIECE = 16384;

    /** Working memory: a new array for each piece of the models would be gigabytes that pass through the caches. */
    private static final ThreadLocal<short[]> PIECES = ThreadLocal.withInitial(() -> new short[PIECE]);

    private final MemorySegment data;
    private final long firstElement;
    private final int count;
    private final short[] piece;
    private int length;

    StoredShorts(MemorySegment data, long firstElement, int count) {
        this.data = data;
        this.firstElement = firstElement;
        this.count = count;
        this.piece = PIECES.get();
    }

    /** The elements from the given one on, as many as {@link #length()} then says; the array is used again. */
    short[] read(int done) {
        length = Math.min(piece.length, count - done);
        MemorySegment.copy(data, Layouts.SHORT, (firstElement + done) * Short.BYTES, piece, 0, length);
        return piece;
    }

    /** Number of elements that the last call of {@link #read} brought. */
    int length() {
        return length;
    }
}
