package org.llmmerging.eval.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What is held of some rows of a batch between the steps of decoding. Closing frees the memory. */
interface HeldRows extends AutoCloseable {

    /** Number of rows held. */
    int rows();

    /** Keeps the given rows, in the given order, and frees the others. */
    void select(int[] rows);

    @Override
    void close();

    /**
     * Keeps the given rows of a batch, and closes what holds none of them.
     *
     * @param parts of the batch, one after the other; those that are closed are taken out
     * @param rows in ascending order
     */
    static void select(List<? extends HeldRows> parts, int[] rows) {
        int begin = 0;
        List<HeldRows> empty = new ArrayList<>();
        for (HeldRows part : parts) {
            int first = begin;
            int end = begin + part.rows();
            int[] own = Arrays.stream(rows).filter(row -> row >= first && row < end).map(row -> row - first).toArray();
            if (own.length == 0) {
                empty.add(part);
            } else if (own.length < part.rows()) {
                part.select(own);
            }
            begin = end;
        }
        parts.removeAll(empty);
        empty.forEach(HeldRows::close);
    }
}
