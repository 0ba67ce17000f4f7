package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * T5's relative position biases (Raffel et al., arXiv:1910.10683, section 2.1): distances fall into buckets, exact ones
 * for near positions and logarithmic ones up to a maximum distance, and each head learns a bias for each bucket.
 *
 * @param buckets number of buckets
 * @param maximumDistance distances from here on share the last bucket
 * @param bidirectional whether keys may follow the query; then each direction has half of the buckets
 */
record RelativePositions(int buckets, int maximumDistance, boolean bidirectional) {

    /**
     * The bias of every query and key.
     *
     * @param table {@code [buckets, heads]}
     * @return {@code [rows, heads, 1, queries, keys]}, or with one row where all have the same positions
     */
    NDArray bias(NDManager manager, TokenLayout queries, TokenLayout keys, NDArray table) {
        int rows = queries.hasUniformPositions() && keys.hasUniformPositions() ? 1 : queries.rows();
        Shape shape = new Shape(rows, queries.width(), keys.width());
        NDArray indices = HostArrays.longs(manager, shape, buffer -> {
            for (int row = 0; row < rows; row++) {
                for (int query = 0; query < queries.width(); query++) {
                    for (int key = 0; key < keys.width(); key++) {
                        buffer.put(bucket(keys.position(row, key) - queries.position(row, query)));
                    }
                }
            }
        });
        return Layers.embedding(indices, table).transpose(0, 3, 1, 2).expandDims(2);
    }

    /** @param offset the key's position minus the query's */
    int bucket(int offset) {
        int perDirection = bidirectional ? buckets / 2 : buckets;
        int first = bidirectional && offset > 0 ? perDirection : 0;
        int distance = bidirectional ? Math.abs(offset) : Math.max(-offset, 0);
        int exact = perDirection / 2;
        if (distance < exact) {
            return first + distance;
        }
        // In float32, as in the reference: the bucket's edge may lie on a whole distance.
        float logarithm = (float) Math.log((float) distance / exact);
        float share = logarithm / (float) Math.log((double) maximumDistance / exact);
        int bucket = exact + (int) (share * (perDirection - exact));
        return first + Math.min(bucket, perDirection - 1);
    }
}
