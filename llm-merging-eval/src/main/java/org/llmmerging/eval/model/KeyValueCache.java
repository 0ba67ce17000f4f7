package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of the tokens that a decoder has read, so that the next token is one step of work. The first are held
 * as they come; what follows is written into room made ahead, for joining what is held and what is new at every token
 * would move more memory than the weights take. No gradient passes through. Made for one batch, or for those of its rows
 * that are about as long. Not thread-safe; closing frees the memory.
 */
final class KeyValueCache implements HeldRows {
    /** Columns that room is made for at a time. */
    private static final int ROOM = 64;

    private final NDManager manager;
    private final List<NDArray> keys = new ArrayList<>();
    private final List<NDArray> values = new ArrayList<>();
    private @Nullable TokenLayout tokens;

    KeyValueCache(NDManager parent) {
        this.manager = parent.newSubManager();
    }

    /** Columns that are held in memory for so many that are read. */
    static long capacity(long columns) {
        return Math.ceilDiv(columns, ROOM) * ROOM;
    }

    @Override
    public int rows() {
        return tokens == null ? 0 : tokens.rows();
    }

    /** Number of columns held. */
    int length() {
        return tokens == null ? 0 : tokens.width();
    }

    @Override
    public void select(int[] rows) {
        if (tokens == null) {
            return;
        }
        tokens = tokens.select(rows);
        try (NDManager scope = manager.newSubManager()) {
            NDArray indices = HostArrays.indices(scope, rows);
            selectRows(keys, indices);
            selectRows(values, indices);
        }
    }

    /**
     * Adds rows made of cells that another cache holds.
     *
     * @param read what holds them; unchanged
     * @param cells for each new row the cells of its sequence, counted over rows and columns
     * @param rows the new rows, left-padded to the width of those held
     */
    void addRows(KeyValueCache read, List<int[]> cells, TokenLayout rows) {
        for (int layer = 0; layer < read.keys.size(); layer++) {
            addRows(keys, layer, read.keys.get(layer), read.length(), cells, rows.width());
            addRows(values, layer, read.values.get(layer), read.length(), cells, rows.width());
        }
        tokens = tokens == null ? rows : tokens.below(rows);
    }

    /** Records the columns that are about to be read; returns all, they included. */
    TokenLayout extend(TokenLayout added) {
        tokens = tokens == null ? added : tokens.append(added);
        return tokens;
    }

    /** Keys of a layer, {@code [rows, heads, columns, size]}, with {@code added} behind those held. */
    NDArray extendKeys(int layer, NDArray added) {
        return extend(keys, layer, added);
    }

    /** As {@link #extendKeys}. */
    NDArray extendValues(int layer, NDArray added) {
        return extend(values, layer, added);
    }

    @Override
    public void close() {
        manager.close();
    }

    private NDArray extend(List<NDArray> held, int layer, NDArray added) {
        Shape shape = added.getShape();
        long end = length();
        long begin = end - shape.get(2);
        if (layer == held.size()) {
            held.add(own(added));
            return added;
        }
        if (held.get(layer).getShape().get(2) < end) {
            NDArray old = held.get(layer);
            NDArray larger = room(shape.get(0), end, added);
            larger.set(columns(0, begin), old.get(columns(0, begin)));
            held.set(layer, larger);
            old.close();
        }
        NDArray all = held.get(layer);
        all.set(columns(begin, end), added);
        return all.get(columns(0, end));
    }

    private void addRows(
            List<NDArray> held, int layer, NDArray read, int readWidth, List<int[]> cells, int width) {
        NDArray added = room(cells.size(), width, read);
        for (int row = 0; row < cells.size(); row++) {
            int[] sequence = cells.get(row);
            int column = width - sequence.length;
            if (column > 0) {
                // What is masked is multiplied all the same, and must be a number.
                added.set(run(row, 0, column), 0);
            }
            for (int from = 0; from < sequence.length;) {
                int end = endOfRun(sequence, from, readWidth);
                NDIndex source = run(sequence[from] / readWidth, sequence[from] % readWidth, end - from);
                try (NDArray run = read.get(source)) {
                    added.set(run(row, column + from, end - from), run);
                }
                from = end;
            }
        }
        if (layer == held.size()) {
            held.add(added);
            return;
        }
        NDArray above = held.get(layer);
        held.set(layer, own(above.concat(added, 0)));
        above.close();
        added.close();
    }

    /** Where the cells that follow one another in a row, of those from {@code from} on, end. */
    private static int endOfRun(int[] cells, int from, int width) {
        int end = from + 1;
        while (end < cells.length && cells[end] == cells[end - 1] + 1 && cells[end] % width != 0) {
            end++;
        }
        return end;
    }

    private static NDIndex run(long row, long column, long length) {
        return new NDIndex().addSliceDim(row, row + 1).addAllDim().addSliceDim(column, column + length);
    }

    /** Room for at least {@code columns}, of undefined contents. */
    private NDArray room(long rows, long columns, NDArray like) {
        Shape shape = like.getShape();
        return own(like.getManager()
                .create(new Shape(rows, shape.get(1), capacity(columns), shape.get(3)), like.getDataType()));
    }

    private static NDIndex columns(long begin, long end) {
        return new NDIndex().addAllDim(2).addSliceDim(begin, end);
    }

    private void selectRows(List<NDArray> held, NDArray indices) {
        for (int layer = 0; layer < held.size(); layer++) {
            NDArray old = held.get(layer);
            held.set(layer, own(Layers.selectRows(old, indices)));
            old.close();
        }
    }

    private NDArray own(NDArray array) {
        array.attach(manager);
        NDScope.unregister(array);
        return array;
    }
}
