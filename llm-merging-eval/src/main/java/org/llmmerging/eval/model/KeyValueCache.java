package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of the tokens that a decoder has read, so that the next token is one step of work. They are written
 * into room made ahead: joining what is held and what is new at every token would move more memory than the weights
 * take. No gradient passes through. Made for one batch, or for those of its rows that are about as long. Not
 * thread-safe; closing frees the memory.
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
        int[] held = new int[rows.rows() * rows.width()];
        for (int row = 0; row < rows.rows(); row++) {
            int[] sequence = cells.get(row);
            System.arraycopy(sequence, 0, held, (row + 1) * rows.width() - sequence.length, sequence.length);
        }
        for (int layer = 0; layer < read.keys.size(); layer++) {
            addRows(keys, layer, read.keys.get(layer), read.length(), held, rows);
            addRows(values, layer, read.values.get(layer), read.length(), held, rows);
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
            held.add(room(added, end));
        } else if (held.get(layer).getShape().get(2) < end) {
            NDArray old = held.get(layer);
            NDArray larger = room(added, end);
            larger.set(columns(0, begin), old.get(columns(0, begin)));
            held.set(layer, larger);
            old.close();
        }
        NDArray all = held.get(layer);
        all.set(columns(begin, end), added);
        return all.get(columns(0, end));
    }

    private void addRows(List<NDArray> held, int layer, NDArray read, int width, int[] cells, TokenLayout rows) {
        Shape shape = read.getShape();
        int capacity = Math.toIntExact(shape.get(2));
        NDArray gathered = Layers.scoped(() -> {
            int[] indices = Arrays.stream(cells)
                    .map(cell -> cell / width * capacity + cell % width)
                    .toArray();
            NDArray flat = read.transpose(0, 2, 1, 3).reshape(shape.get(0) * capacity, shape.get(1), shape.get(3));
            NDArray chosen = Layers.selectRows(flat, HostArrays.indices(manager, indices))
                    .reshape(rows.rows(), rows.width(), shape.get(1), shape.get(3))
                    .transpose(0, 2, 1, 3);
            NDArray room = room(chosen, rows.width());
            room.set(columns(0, rows.width()), chosen);
            return room;
        });
        if (layer == held.size()) {
            held.add(gathered);
            return;
        }
        NDArray above = held.get(layer);
        held.set(layer, own(above.concat(gathered, 0)));
        above.close();
        gathered.close();
    }

    /** Room for at least {@code columns}, of undefined contents. */
    private NDArray room(NDArray like, long columns) {
        Shape shape = like.getShape();
        long capacity = capacity(columns);
        return own(like.getManager()
                .create(new Shape(shape.get(0), shape.get(1), capacity, shape.get(3)), like.getDataType()));
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
