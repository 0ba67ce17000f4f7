package org.llmmerging.benchmark;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.llmmerging.tensor.CounterRandom;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.ElementKernels;
import org.llmmerging.tensor.FloatCodec;
import org.llmmerging.tensor.FloatKernels;
import org.llmmerging.tensor.MergeKernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The loops that a merge spends its time in, on blocks that stay in the second-level cache. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Kernels.ELEMENTS)
public class Kernels {
    static final int ELEMENTS = 1 << 14;
    private static final int TILE = 2048;

    private final FloatKernels sums = FloatKernels.instance();
    private final ElementKernels elements = ElementKernels.instance();
    private final MergeKernels merges = MergeKernels.instance();
    private final CounterRandom random = CounterRandom.of(1, "model.layers.0.mlp.up_proj.weight", 0);
    private final MemorySegment stored = Arena.ofAuto().allocate(2L * ELEMENTS);
    private final float[] base = new float[ELEMENTS];
    private final float[][] models = new float[3][ELEMENTS];
    private final long[][] kept = new long[3][ELEMENTS / Long.SIZE];
    private final float[] output = new float[ELEMENTS];
    private final int[] bits = new int[ELEMENTS];
    private final int[] between = new int[ELEMENTS];
    private final int[] counts = new int[3];
    private final double[] pair = new double[2];

    @Setup
    public void fill() {
        Random numbers = new Random(1);
        for (int i = 0; i < ELEMENTS; i++) {
            base[i] = (float) (0.02 * numbers.nextGaussian());
            for (int m = 0; m < 3; m++) {
                models[m][i] = base[i] + (float) (0.0005 * numbers.nextGaussian());
            }
        }
        for (long[] mask : kept) {
            Arrays.setAll(mask, i -> numbers.nextLong());
        }
        random.fill(0, bits, ELEMENTS);
        FloatCodec.of(DType.BF16).encode(base, 0, ELEMENTS, stored, 0);
    }

    @Benchmark
    public float[] decodeBfloat16() {
        FloatCodec.of(DType.BF16).decode(stored, 0, output, 0, ELEMENTS);
        return output;
    }

    @Benchmark
    public MemorySegment encodeBfloat16() {
        FloatCodec.of(DType.BF16).encode(base, 0, ELEMENTS, stored, 0);
        return stored;
    }

    /** All three inner products of two vectors. */
    @Benchmark
    public double[] productsOfTwo() {
        return products(models[0], models[1]);
    }

    /** All six inner products of three vectors. */
    @Benchmark
    public double[] productsOfThree() {
        return products(models);
    }

    /** All ten inner products of four vectors. */
    @Benchmark
    public double[] productsOfFour() {
        return products(models[0], models[1], models[2], base);
    }

    private double[] products(float[]... vectors) {
        double[] packed = new double[vectors.length * (vectors.length + 1) / 2];
        for (int from = 0; from < ELEMENTS; from += TILE) {
            sums.addInnerProducts(vectors, base, from, TILE, packed);
        }
        return packed;
    }

    @Benchmark
    public double[] addMagnitudes() {
        sums.addMagnitudes(models[0], base, kept[0], 0, ELEMENTS, pair, 0);
        return pair;
    }

    @Benchmark
    public float[] magnitudes() {
        elements.magnitudes(models[0], base, 0, ELEMENTS, output);
        return output;
    }

    /** A fiftieth of the numbers lies inside. */
    @Benchmark
    public int compareWithInterval() {
        Arrays.fill(counts, 0);
        return elements.compareWithInterval(models[0], ELEMENTS, 0.019f, 0.0207f, counts, output);
    }

    @Benchmark
    public int[] randomBits() {
        random.fill(0, bits, ELEMENTS);
        return bits;
    }

    @Benchmark
    public long[] randomMask() {
        random.fillBelow(0, CounterRandom.threshold(0.5), kept[0], ELEMENTS);
        return kept[0];
    }

    @Benchmark
    public long[] markMagnitudes() {
        elements.markMagnitudes(models[0], base, 0, ELEMENTS, 0.0005f, kept[0]);
        return kept[0];
    }

    @Benchmark
    public int largestMagnitude() {
        return elements.largestMagnitudeBits(base, 0, ELEMENTS);
    }

    /** A tenth of the numbers lies between the bounds. */
    @Benchmark
    public int compareWithBounds() {
        return elements.compareWithBounds(
                bits, 0, ELEMENTS, CounterRandom.threshold(0.4), CounterRandom.threshold(0.5), kept[0], between);
    }

    /** Three models; the time is for one element of the output. */
    @Benchmark
    public float[] addKept() {
        for (int from = 0; from < ELEMENTS; from += TILE) {
            merges.addKept(base, models, kept, new double[] {0.4, 0.4, 0.4}, from, TILE, output);
        }
        return output;
    }

    /** Three models; the time is for one element of the output. */
    @Benchmark
    public float[] mergeElected() {
        for (int from = 0; from < ELEMENTS; from += TILE) {
            merges.mergeElected(
                    base, models, kept, new float[] {0.4f, 0.4f, 0.4f}, new float[] {1, 1, 1}, 1, from, TILE, output);
        }
        return output;
    }

    @Benchmark
    public int rank() {
        int sum = 0;
        for (int row = 0; row < ELEMENTS; row += TILE) {
            sum += elements.rank(models[0], row, TILE, 1000);
        }
        return sum;
    }

    /** Three models; the time is for one element. */
    @Benchmark
    public float[] variances() {
        merges.variances(base, models, 0, ELEMENTS, output);
        return output;
    }

    /** Three models; the time is for one element of the output. */
    @Benchmark
    public float[] mergeVoted() {
        merges.mergeVoted(base, models, kept[0], new double[] {0.4, 0.3, 0.3}, 1e-6, 0, ELEMENTS, output);
        return output;
    }
}
