package org.llmmerging.tensor;

/**
 * Random bits as a pure function of (seed, tensor name, model, element): no state, so any thread may ask for any
 * element in any order and gets the same bits.
 *
 * <p>An element's low 32 index bits go through a three-round multiply-xorshift bijection (the constants of C. Wellons'
 * {@code triple32}, found by search for low avalanche bias), with a key word mixed in before each round. The key words
 * come from the rest by SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). Only 32-bit operations run per element, on
 * vectors where there are any. Not for cryptography.
 */
public final class CounterRandom {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long key;

    private CounterRandom(long key) {
        this.key = key;
    }

    /**
     * @param seed seed of the whole merge
     * @param tensorName name of the output tensor
     * @param model index of the model among those that are not the base
     */
    public static CounterRandom of(long seed, String tensorName, int model) {
        long key = mix(seed + GOLDEN_GAMMA);
        for (int i = 0; i < tensorName.length(); i++) {
            key = mix((key ^ tensorName.charAt(i)) + GOLDEN_GAMMA);
        }
        return new CounterRandom(mix((key ^ model) - GOLDEN_GAMMA));
    }

    /**
     * Bits of {@code length} consecutive elements.
     *
     * @param start index of the first element in the flattened tensor
     * @param bits receives 32 uniform bits for each element
     */
    public void fill(long start, int[] bits, int length) {
        int done = 0;
        while (done < length) {
            long index = start + done;
            // The key words are constant within 2^32 elements.
            long left = (1L << 32) - (index & 0xFFFFFFFFL);
            int end = (int) Math.min(length, done + left);
            fillWithin((int) index, index >>> 32, bits, done, end);
            done = end;
        }
    }

    /**
     * Marks for {@code length} consecutive elements whether the upper 31 of their bits are below a threshold.
     *
     * @param start index of the first element in the flattened tensor
     * @param threshold of a probability, by {@link #threshold}
     * @param below receives the answers, a bit for each element, the first in the lowest of the first word
     */
    public void fillBelow(long start, int threshold, long[] below, int length) {
        if ((start & 0xFFFFFFFFL) + length > 1L << 32) {
            int[] bits = new int[length];
            fill(start, bits, length);
            ElementKernels.instance().compareWithBounds(bits, 0, length, threshold, threshold, below, new int[length]);
            return;
        }
        long first = mix(key + (start >>> 32) * GOLDEN_GAMMA);
        long second = mix(first + GOLDEN_GAMMA);
        ElementKernels.instance().mixedBelow(
                (int) start, (int) first, (int) (first >>> 32), (int) second, threshold, length, below);
    }

    /**
     * The number that the upper 31 bits of an element are below with a given probability.
     *
     * @param probability from 0 to 1; rounded down to a multiple of 2<sup>-31</sup>, and 1 to the largest below it
     */
    public static int threshold(double probability) {
        return (int) Math.min(Integer.MAX_VALUE, (long) (probability * (1L << 31)));
    }

    private void fillWithin(int low, long high, int[] bits, int from, int end) {
        long first = mix(key + high * GOLDEN_GAMMA);
        long second = mix(first + GOLDEN_GAMMA);
        int key0 = (int) first;
        int key1 = (int) (first >>> 32);
        int key2 = (int) second;
        ElementKernels.instance().mixCounters(low, key0, key1, key2, bits, from, end);
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
