package org.llmmerging.method;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Block;
import org.llmmerging.MergeMethod;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;
import org.llmmerging.tensor.Shape;

/**
 * One tensor of every model in arrays. Counts and per-chunk passes visit the chunks out of order and in parallel, as an
 * engine may, and blocks are copies, so a method that writes to its inputs does not spoil the next pass unseen: the
 * copies are compared afterwards.
 */
final class ArrayInputs implements TensorInputs {
    static final String NAME = "model.layers.0.mlp.up_proj.weight";

    private final Shape shape;
    private final float @Nullable [] base;
    private final float[][] models;
    private final int chunkElements;
    private final int firstChunk;
    private final int stride;
    private final int first;
    private final int end;

    ArrayInputs(Shape shape, float @Nullable [] base, float[][] models, int chunkElements) {
        this(shape, base, models, chunkElements, 0, 1, 0, (int) shape.elements());
    }

    private ArrayInputs(
            Shape shape, float @Nullable [] base, float[][] models, int chunkElements, int firstChunk, int stride,
            int first, int end) {
        this.shape = shape;
        this.base = base;
        this.models = models;
        this.chunkElements = chunkElements;
        this.firstChunk = firstChunk;
        this.stride = stride;
        this.first = first;
        this.end = end;
    }

    /** The same tensor without its shape, as a vector. */
    static ArrayInputs vector(float @Nullable [] base, float[]... models) {
        return new ArrayInputs(Shape.of(models[0].length), base, models, 7);
    }

    static ArrayInputs matrix(int columns, float @Nullable [] base, float[]... models) {
        return new ArrayInputs(Shape.of(models[0].length / columns, columns), base, models, 7);
    }

    ArrayInputs chunksOf(int elements) {
        return new ArrayInputs(shape, base, models, elements);
    }

    /** Merges in blocks as long as the chunks. */
    float[] merge(MergeMethod method, Parameters parameters) {
        return merge(method, parameters, chunkElements);
    }

    /** Merges in blocks of another length. */
    float[] merge(MergeMethod method, Parameters parameters, int blockElements) {
        TensorKernel kernel = method.prepare(this, parameters);
        int size = (int) shape.elements();
        float[] output = new float[size];
        int columns = (int) shape.columns();
        int step = kernel.wholeRows() ? Math.max(1, blockElements / columns) * columns : blockElements;
        for (int from = 0; from < size; from += step) {
            Block block = read(from, Math.min(step, size - from));
            Arrays.fill(block.output(), Float.NaN);
            kernel.apply(block);
            requireUntouched(block);
            System.arraycopy(block.output(), 0, output, from, block.length());
        }
        return output;
    }

    @Override
    public String tensorName() {
        return NAME;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public int modelCount() {
        return models.length;
    }

    @Override
    public boolean hasBase() {
        return base != null;
    }

    @Override
    public int chunkElements() {
        return chunkElements;
    }

    @Override
    public TensorInputs rows() {
        int columns = (int) shape.columns();
        return chunksOf(Math.max(1, chunkElements / columns) * columns);
    }

    @Override
    public TensorInputs everyChunk(long chunk, int step) {
        return new ArrayInputs(shape, base, models, chunkElements, (int) chunk, step, first, end);
    }

    @Override
    public TensorInputs run(long from, long elements) {
        return new ArrayInputs(
                shape, base, models, chunkElements, 0, 1, (int) from, Math.toIntExact(from + elements));
    }

    @Override
    public double[] sum(int width, SumStep step) {
        double[] total = new double[width];
        for (int chunk = 0; chunk < chunks(); chunk++) {
            double[] sums = new double[width];
            visit(chunk, block -> step.add(block, sums));
            Arrays.setAll(total, i -> total[i] + sums[i]);
        }
        return total;
    }

    @Override
    public long[] count(int width, CountStep step) {
        long[] total = new long[width];
        List<Integer> order = IntStream.range(0, chunks()).boxed().collect(Collectors.toList());
        Collections.shuffle(order, new Random(width));
        for (int chunk : order) {
            visit(chunk, block -> step.add(block, total));
        }
        return total;
    }

    @Override
    public long[] perChunk(ToLongFunction<Block> step) {
        long[] results = new long[chunks()];
        IntStream.range(0, results.length).parallel().forEach(chunk -> visit(chunk, block -> {
            results[chunk] = step.applyAsLong(block);
        }));
        return results;
    }

    private int chunks() {
        int all = Math.toIntExact(Math.ceilDiv(end - first, (long) chunkElements));
        return Math.ceilDiv(all - firstChunk, stride);
    }

    private void visit(int chunk, Consumer<Block> step) {
        long from = first + (firstChunk + (long) chunk * stride) * chunkElements;
        Block block = read((int) from, (int) Math.min(chunkElements, end - from));
        step.accept(block);
        requireUntouched(block);
    }

    /** The arrays are longer than the block, as they may be. */
    private Block read(int from, int length) {
        float[][] copies = new float[models.length][];
        for (int m = 0; m < models.length; m++) {
            copies[m] = Arrays.copyOf(Arrays.copyOfRange(models[m], from, from + length), length + 3);
        }
        float[] copy = base == null ? null : Arrays.copyOf(Arrays.copyOfRange(base, from, from + length), length + 3);
        return new Block(copy, copies, new float[length + 3]).at(from, length);
    }

    private void requireUntouched(Block block) {
        int from = (int) block.offset();
        int to = from + block.length();
        for (int m = 0; m < models.length; m++) {
            requireEqual(models[m], from, to, block.model(m));
        }
        if (base != null) {
            requireEqual(base, from, to, block.base());
        }
    }

    private static void requireEqual(float[] values, int from, int to, float[] seen) {
        if (!Arrays.equals(values, from, to, seen, 0, to - from)) {
            throw new AssertionError("an input was written to");
        }
    }
}
