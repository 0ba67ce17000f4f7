package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of the tokens that a decoder has read, so that the next token is one step of work. Made for one
 * batch; not thread-safe; closing frees the memory.
 */
public final class KeyValueCache implements AutoCloseable {
    private final NDManager manager;
    private final List<NDArray> keys = new ArrayList<>();
    private final List<NDArray> values = new ArrayList<>();
    private @Nullable TokenLayout tokens;

    KeyValueCache(NDManager parent) {
        this.manager = parent.newSubManager();
    }

    /** Number of columns held. */
    public int length() {
        return tokens == null ? 0 : tokens.width();
    }

    /** Keeps the given rows, in the given order, and frees the others. */
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
        if (layer == held.size()) {
            held.add(own(added));
        } else {
            NDArray old = held.get(layer);
            held.set(layer, own(old.concat(added, 2)));
            old.close();
        }
        return held.get(layer);
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
