package org.llmmerging.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Dimensions of a tensor, outermost first; rank 0 is a scalar of one element. Immutable. */
public final class Shape {
    private final long[] dimensions;
    private final long elements;

    private Shape(long[] dimensions) {
        this.dimensions = dimensions;
        long product = 1;
        for (long dimension : dimensions) {
            if (dimension < 0) {
                throw new IllegalArgumentException("negative dimension in " + Arrays.toString(dimensions));
            }
            product = Math.multiplyExact(product, dimension);
        }
        this.elements = product;
    }

    /**
     * A shape of these dimensions, outermost first.
     *
     * @throws IllegalArgumentException when a dimension is negative
     * @throws ArithmeticException when the number of elements exceeds 64 bits
     */
    public static Shape of(long... dimensions) {
        return new Shape(dimensions.clone());
    }

    /** Number of dimensions. */
    public int rank() {
        return dimensions.length;
    }

    /** Size of one dimension, 0 being the outermost. */
    public long dimension(int index) {
        return dimensions[index];
    }

    /** A copy of all dimensions. */
    public long[] dimensions() {
        return dimensions.clone();
    }

    /** Number of elements, 1 for a scalar. */
    public long elements() {
        return elements;
    }

    /** Elements in one run of the last dimension; 1 for a scalar. */
    public long columns() {
        return dimensions.length == 0 ? 1 : dimensions[dimensions.length - 1];
    }

    /** Number of runs of the last dimension: a vector and a scalar have one. */
    public long rows() {
        long rows = 1;
        for (int i = 0; i < dimensions.length - 1; i++) {
            rows *= dimensions[i];
        }
        return rows;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dimensions, shape.dimensions);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dimensions);
    }

    /** As PyTorch prints it: {@code [320, 64]}. */
    @Override
    public String toString() {
        return LongStream.of(dimensions).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
