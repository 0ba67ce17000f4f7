package org.llmmerging.method;

import org.llmmerging.TensorInputs;

/**
 * Inner products of all pairs of vectors, in float64. Whatever a method does within the span of its inputs, lengths,
 * angles and iterations included, it can do on this small matrix after one pass over the weights. Immutable.
 */
final class GramMatrix {
    private final int size;
    private final double[] packed;

    /**
     * @param size number of vectors
     * @param packed the lower triangle row by row
     */
    GramMatrix(int size, double[] packed) {
        this.size = size;
        this.packed = packed;
    }

    /** Takes one pass over the whole tensor. */
    static GramMatrix of(TensorInputs inputs, Frame frame) {
        int size = frame.size(inputs);
        double[] packed = inputs.sum(
                entries(size),
                (chunk, sums) -> Tiles.forEach(
                        chunk.length(), (from, length) -> frame.addInnerProducts(chunk, size, from, length, sums)));
        return new GramMatrix(size, packed);
    }

    /** Number of entries of the packed triangle. */
    static int entries(int size) {
        return size * (size + 1) / 2;
    }

    /** Number of vectors. */
    int size() {
        return size;
    }

    /** Inner product of two vectors. */
    double dot(int first, int second) {
        int row = Math.max(first, second);
        return packed[row * (row + 1) / 2 + Math.min(first, second)];
    }

    /** Euclidean length of a vector. */
    double norm(int index) {
        return Math.sqrt(dot(index, index));
    }

    /** Inner product of two combinations of the vectors. */
    double dot(double[] first, double[] second) {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += first[i] * dotWith(i, second);
        }
        return sum;
    }

    /** Euclidean length of a combination of the vectors; rounding below zero counts as zero. */
    double norm(double[] coefficients) {
        return Math.sqrt(Math.max(0, dot(coefficients, coefficients)));
    }

    /** Inner product of one vector with a combination of all. */
    double dotWith(int index, double[] coefficients) {
        double sum = 0;
        for (int j = 0; j < size; j++) {
            sum += coefficients[j] * dot(index, j);
        }
        return sum;
    }

    /**
     * Cosine of two vectors, exactly 1 or -1 for equal or opposite ones.
     *
     * @param smallest a length below it counts as this length
     */
    double cosine(int first, int second, double smallest) {
        double squares = dot(first, first) * dot(second, second);
        boolean clamped = norm(first) < smallest || norm(second) < smallest;
        boolean exact = !clamped && squares > Double.MIN_NORMAL && squares < Double.POSITIVE_INFINITY;
        double lengths = exact
                ? Math.sqrt(squares)
                : Math.max(norm(first), smallest) * Math.max(norm(second), smallest);
        return lengths == 0 ? 0 : Math.clamp(dot(first, second) / lengths, -1.0, 1.0);
    }
}
