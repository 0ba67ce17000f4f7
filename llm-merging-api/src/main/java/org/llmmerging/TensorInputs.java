package org.llmmerging;

import java.util.function.ToLongFunction;
import org.llmmerging.tensor.Shape;

/**
 * One tensor as all models have it, for the passes that a method makes before it blends.
 *
 * <p>A pass visits the tensor in chunks of a fixed size, on several threads, each element once. What it returns does
 * not depend on the number of threads. A step writes to the accumulators it is given, and elsewhere only where no other
 * chunk's step does.
 */
public interface TensorInputs {

    /** Name of the output tensor; randomness is keyed by it. */
    String tensorName();

    /** Shape that all inputs and the output share. */
    Shape shape();

    /** Number of models, the base not counted. */
    int modelCount();

    /** Whether there is a base model of its own. */
    boolean hasBase();

    /**
     * Sums in float64. Each chunk's sums start at zero and are added up in the order of the chunks.
     *
     * @param width how many sums are taken
     * @param step adds a chunk's contribution to the accumulators it is given
     */
    double[] sum(int width, SumStep step);

    /**
     * Counts. The order of the chunks is unspecified, as it makes no difference to a count.
     *
     * @param width how many counters there are
     * @param step adds a chunk's contribution to the counters it is given
     */
    long[] count(int width, CountStep step);

    /** One number for each chunk, in the order of the chunks, which are {@link #chunkElements()} long but the last. */
    long[] perChunk(ToLongFunction<Block> step);

    /** Elements in a chunk, the last excepted, which may be shorter. */
    int chunkElements();

    /**
     * The same inputs in chunks that hold whole rows (runs of the last dimension), at least one each, whatever their
     * length. For statistics of rows, and for methods whose kernel {@linkplain TensorKernel#wholeRows needs} them.
     */
    TensorInputs rows();

    /**
     * The same inputs, of whose chunks only every {@code stride}-th is visited, for samples. Offsets are those in the
     * whole tensor, {@link #shape()} is the whole one's, and {@link #perChunk} gives one number for each chunk visited.
     *
     * @param first index of the first chunk visited
     */
    TensorInputs everyChunk(long first, int stride);

    /**
     * The same inputs, of which only some elements that follow one another are visited, in chunks from the first of
     * them on. Offsets are those in the whole tensor, {@link #shape()} is the whole one's, and a choice of chunks made
     * before does not count.
     *
     * @param first index of the first element visited
     * @param elements how many are
     */
    TensorInputs run(long first, long elements);

    /** A step of {@link #sum}. */
    @FunctionalInterface
    interface SumStep {
        void add(Block chunk, double[] sums);
    }

    /** A step of {@link #count}. */
    @FunctionalInterface
    interface CountStep {
        void add(Block chunk, long[] counts);
    }
}
