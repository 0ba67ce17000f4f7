package org.llmmerging.merge;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.llmmerging.Block;
import org.llmmerging.TensorInputs;
import org.llmmerging.tensor.Shape;

/** The passes over one tensor's inputs, on the merge's threads, a chunk in memory at a time. */
final class StreamedInputs implements TensorInputs {
    /** Small enough that a chunk of several models stays in a core's second-level cache. */
    static final int CHUNK_ELEMENTS = 1 << 14;

    /** Partial sums kept at once, in numbers: 8 MiB; more where four chunks for each thread have more. */
    private static final long PARTIAL_SUMS = 1 << 20;

    private final String tensorName;
    private final Shape shape;
    private final SourceTensors sources;
    private final Workers workers;
    private final int chunkElements;
    private final long firstChunk;
    private final long stride;

    StreamedInputs(String tensorName, Shape shape, SourceTensors sources, Workers workers) {
        this(tensorName, shape, sources, workers, CHUNK_ELEMENTS, 0, 1);
    }

    private StreamedInputs(
            String tensorName,
            Shape shape,
            SourceTensors sources,
            Workers workers,
            int chunkElements,
            long firstChunk,
            long stride) {
        this.tensorName = tensorName;
        this.shape = shape;
        this.sources = sources;
        this.workers = workers;
        this.chunkElements = chunkElements;
        this.firstChunk = firstChunk;
        this.stride = stride;
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
        return chunkElements;
    }

    @Override
    public StreamedInputs rows() {
        int wholeRows = chunkElements(shape, true);
        return new StreamedInputs(tensorName, shape, sources, workers, wholeRows, firstChunk, stride);
    }

    @Override
    public StreamedInputs everyChunk(long first, int step) {
        return new StreamedInputs(
                tensorName, shape, sources, workers, chunkElements, firstChunk + first * stride, stride * step);
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
        long chunks = chunks();
        long wave = Math.max(workers.threads() * 4L, PARTIAL_SUMS / Math.max(1, width));
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
        for (long[] counts : visit(0, chunks(), () -> new long[width],
                (chunk, index, counts) -> step.add(chunk, counts))) {
            for (int i = 0; i < width; i++) {
                total[i] += counts[i];
            }
        }
        return total;
    }

    @Override
    public long[] perChunk(ToLongFunction<Block> step) {
        long[] results = new long[Math.toIntExact(chunks())];
        visit(0, results.length, () -> results, (chunk, index, all) -> all[(int) index] = step.applyAsLong(chunk));
        return results;
    }

    private long chunks() {
        return Math.ceilDiv(Math.max(0, Math.ceilDiv(shape.elements(), (long) chunkElements) - firstChunk), stride);
    }

    @FunctionalInterface
    private interface Visit<A> {
        void accept(Block chunk, long index, A accumulator);
    }

    private record Memory<A>(BlockMemory block, A accumulator) {}

    private <A> List<A> visit(long start, long count, Supplier<A> accumulator, Visit<A> visit) {
        int capacity = (int) Math.min(chunkElements, shape.elements());
        return workers
                .run(
                        count,
                        thread -> new Memory<>(new BlockMemory(sources, capacity), accumulator.get()),
                        (memory, index) -> {
                            long first = (firstChunk + (start + index) * stride) * chunkElements;
                            int length = (int) Math.min(chunkElements, shape.elements() - first);
                            visit.accept(memory.block().read(first, length), start + index, memory.accumulator());
                        })
                .stream()
                .map(Memory::accumulator)
                .toList();
    }
}
