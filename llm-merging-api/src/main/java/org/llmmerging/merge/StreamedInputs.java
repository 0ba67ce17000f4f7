package org.llmmerging.merge;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.llmmerging.Block;
import org.llmmerging.TensorInputs;
import org.llmmerging.tensor.Shape;

/** The passes over one tensor's inputs, on the merge's threads, a chunk in memory at a time. */
final class StreamedInputs implements TensorInputs {
    /** Small enough that a chunk of several models stays in a core's second-level cache. */
    static final int CHUNK_ELEMENTS = 1 << 14;

    /** Partial sums kept at once, in numbers; more where one chunk for each thread has more. */
    static final long PARTIAL_SUMS = 1 << 20;

    private final String tensorName;
    private final Shape shape;
    private final SourceTensors sources;
    private final Workers workers;
    private final Visited visited;

    /**
     * What is visited of the tensor.
     *
     * @param first index of the first element
     * @param end index of the element after the last
     */
    private record Visited(int chunkElements, long first, long end, long firstChunk, long stride) {
        long chunks() {
            return Math.ceilDiv(Math.max(0, Math.ceilDiv(end - first, (long) chunkElements) - firstChunk), stride);
        }

        /** Index of a chunk's first element. */
        long start(long chunk) {
            return first + (firstChunk + chunk * stride) * chunkElements;
        }
    }

    StreamedInputs(String tensorName, Shape shape, SourceTensors sources, Workers workers) {
        this(tensorName, shape, sources, workers, new Visited(CHUNK_ELEMENTS, 0, shape.elements(), 0, 1));
    }

    private StreamedInputs(
            String tensorName,
            Shape shape,
            SourceTensors sources,
            Workers workers,
            Visited visited) {
        this.tensorName = tensorName;
        this.shape = shape;
        this.sources = sources;
        this.workers = workers;
        this.visited = visited;
    }

    @Override
    public String tensorName() {
        return tensorName;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public int modelCount() {
        return sources.models().size();
    }

    @Override
    public boolean hasBase() {
        return sources.base() != null;
    }

    @Override
    public int chunkElements() {
        return visited.chunkElements();
    }

    @Override
    public StreamedInputs rows() {
        return visiting(new Visited(
                chunkElements(shape, true), visited.first(), visited.end(), visited.firstChunk(), visited.stride()));
    }

    @Override
    public StreamedInputs everyChunk(long first, int step) {
        return visiting(new Visited(
                visited.chunkElements(),
                visited.first(),
                visited.end(),
                visited.firstChunk() + first * visited.stride(),
                visited.stride() * step));
    }

    @Override
    public StreamedInputs run(long first, long elements) {
        Objects.checkFromIndexSize(first, elements, shape.elements());
        return visiting(new Visited(visited.chunkElements(), first, first + elements, 0, 1));
    }

    private StreamedInputs visiting(Visited other) {
        return new StreamedInputs(tensorName, shape, sources, workers, other);
    }

    /** Length of a chunk; of whole rows as many as fit into an ordinary chunk, or one longer row. */
    static int chunkElements(Shape shape, boolean wholeRows) {
        if (!wholeRows) {
            return CHUNK_ELEMENTS;
        }
        long columns = Math.max(1, shape.columns());
        return Math.toIntExact(Math.max(1, CHUNK_ELEMENTS / columns) * columns);
    }

    @Override
    public double[] sum(int width, SumStep step) {
        long chunks = visited.chunks();
        long wave = Math.max(workers.threads(), PARTIAL_SUMS / Math.max(1, width));
        double[] total = new double[width];
        for (long start = 0; start < chunks; start += wave) {
            long from = start;
            int count = (int) Math.min(wave, chunks - start);
            double[] partial = new double[Math.multiplyExact(count, width)];
            visit(from, count, () -> new double[width], (chunk, index, sums) -> {
                Arrays.fill(sums, 0);
                step.add(chunk, sums);
                System.arraycopy(sums, 0, partial, (int) (index - from) * width, width);
            });
            for (int i = 0; i < partial.length; i++) {
                total[i % width] += partial[i];
            }
        }
        return total;
    }

    @Override
    public long[] count(int width, CountStep step) {
        long[] total = new long[width];
        for (long[] counts : visit(0, visited.chunks(), () -> new long[width],
                (chunk, index, counts) -> step.add(chunk, counts))) {
            for (int i = 0; i < width; i++) {
                total[i] += counts[i];
            }
        }
        return total;
    }

    @Override
    public long[] perChunk(ToLongFunction<Block> step) {
        long[] results = new long[Math.toIntExact(visited.chunks())];
        visit(0, results.length, () -> results, (chunk, index, all) -> all[(int) index] = step.applyAsLong(chunk));
        return results;
    }

    @FunctionalInterface
    private interface Visit<A> {
        void accept(Block chunk, long index, A accumulator);
    }

    private record Memory<A>(BlockMemory block, A accumulator) {}

    private <A> List<A> visit(long start, long count, Supplier<A> accumulator, Visit<A> visit) {
        int capacity = (int) Math.min(visited.chunkElements(), visited.end() - visited.first());
        return workers
                .run(
                        count,
                        thread -> new Memory<>(new BlockMemory(sources, capacity), accumulator.get()),
                        (memory, index) -> {
                            long first = visited.start(start + index);
                            int length = (int) Math.min(visited.chunkElements(), visited.end() - first);
                            visit.accept(memory.block().read(first, length), start + index, memory.accumulator());
                        })
                .stream()
                .map(Memory::accumulator)
                .toList();
    }
}
