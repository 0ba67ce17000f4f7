package org.llmmerging.method;

import org.llmmerging.config.ConfigException;
import org.llmmerging.tensor.Shape;

/** What methods that look at whole rows, runs of the last dimension, can take. */
final class WholeRows {
    /** Elements of a row: half of the float64 numbers that a buffer can hold. */
    static final long LONGEST = 1L << 27;

    /** Rows, which are counted in arrays. */
    private static final long MOST = Integer.MAX_VALUE - 8L;

    private WholeRows() {}

    /** @throws ConfigException when the rows are too long or too many; the tensor is named by the caller */
    static void check(Shape shape) {
        if (shape.columns() > LONGEST || shape.rows() > MOST) {
            throw new ConfigException("the shape " + shape + " is too large: with these parameters the method works on"
                    + " whole rows, of at most " + LONGEST + " elements, and takes at most " + MOST
                    + " of them. Use a method or parameters that do without rows");
        }
    }
}
