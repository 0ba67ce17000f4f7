package org.llmmerging.tensor;

import java.lang.foreign.MemorySegment;

/**
 * Brings 16-bit elements into an array, a piece that fits the first-level cache at a time, for the vector loops.
 *
 * <p>They do not load from the segment itself: when a mapped file is cut, the copy fails with {@link InternalError},
 * while a vector load ends the virtual machine.
 */
final class StoredShorts {
    private static final int PIECE = 4096;

    private final MemorySegment data;
    private final long firstElement;
    private final int count;
    private final short[] piece;
    private int length;

    StoredShorts(MemorySegment data, long firstElement, int count) {
        this.data = data;
        this.firstElement = firstElement;
        this.count = count;
        this.piece = new short[Math.min(PIECE, count)];
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
