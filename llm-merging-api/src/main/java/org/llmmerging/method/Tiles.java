package org.llmmerging.method;

/** Cuts a block into runs small enough for the working arrays of a kernel to stay in the first-level cache. */
final class Tiles {
    /** Elements in a tile. */
    static final int SIZE = 2048;

    private Tiles() {}

    /** A tile of whole rows: as many as fit into {@link #SIZE}, or one. */
    static int wholeRows(int columns) {
        return columns >= SIZE || columns == 0 ? Math.max(columns, 1) : SIZE / columns * columns;
    }

    /** Words of a mask of so many elements, a bit for each. */
    static int maskWords(int elements) {
        return Math.ceilDiv(elements, Long.SIZE);
    }

    /** Does something with each tile of {@code length} elements, in order. */
    static void forEach(int length, Tile action) {
        forEach(length, SIZE, action);
    }

    /** Does something with each run of {@code size} elements of {@code length}, in order; the last may be shorter. */
    static void forEach(int length, int size, Tile action) {
        for (int from = 0; from < length; from += size) {
            action.accept(from, Math.min(size, length - from));
        }
    }

    /** A run of a block's elements. */
    @FunctionalInterface
    interface Tile {
        void accept(int from, int length);
    }
}
