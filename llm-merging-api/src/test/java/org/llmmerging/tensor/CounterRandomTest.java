package org.llmmerging.tensor;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

class CounterRandomTest {
    private static final int SIZE = 1 << 20;

    private static int[] bits(CounterRandom random, long start, int length) {
        int[] bits = new int[length];
        random.fill(start, bits, length);
        return bits;
    }

    @Test
    void anElementHasTheSameBitsWhereverTheRunStarts() {
        CounterRandom random = CounterRandom.of(1, "w", 0);
        int[] all = bits(random, 0, 1000);
        for (int start : new int[] {1, 17, 512, 999}) {
            assertArrayEquals(Arrays.copyOfRange(all, start, 1000), bits(random, start, 1000 - start));
        }
    }

    @Test
    void aRunMayCrossTheBoundaryOf32Bits() {
        CounterRandom random = CounterRandom.of(1, "w", 0);
        long boundary = 1L << 32;
        int[] across = bits(random, boundary - 5, 10);
        assertArrayEquals(Arrays.copyOfRange(across, 0, 5), bits(random, boundary - 5, 5));
        assertArrayEquals(Arrays.copyOfRange(across, 5, 10), bits(random, boundary, 5));
        assertEquals(0, sharedPositions(bits(random, boundary, 1000), bits(random, 0, 1000)), 1);
    }

    @Test
    void tellsWhichAreBelowAThreshold() {
        CounterRandom random = CounterRandom.of(1, "w", 0);
        int threshold = CounterRandom.threshold(0.3);
        for (long start : new long[] {0, 17, (1L << 32) - 5, (1L << 32) - 200, 1L << 32}) {
            int[] bits = bits(random, start, 200);
            long[] below = new long[4];
            random.fillBelow(start, threshold, below, 200);
            for (int i = 0; i < 200; i++) {
                assertEquals(bits[i] >>> 1 < threshold, (below[i / 64] >>> i & 1) != 0, start + " + " + i);
            }
        }
    }

    @Test
    void everyBitIsSetHalfOfTheTimeAndIndependentlyOfItsNeighbours() {
        int[] bits = bits(CounterRandom.of(7, "model.norm.weight", 3), 0, SIZE);
        // Five standard deviations of a binomial count.
        double tolerance = 5 * Math.sqrt(SIZE) / 2;
        for (int bit = 0; bit < 32; bit++) {
            int set = 0;
            int flips = 0;
            for (int i = 0; i < SIZE; i++) {
                set += bits[i] >>> bit & 1;
                flips += (bits[i] ^ bits[(i + 1) % SIZE]) >>> bit & 1;
            }
            assertEquals(SIZE / 2.0, set, tolerance, "bit " + bit);
            assertEquals(SIZE / 2.0, flips, tolerance, "changes of bit " + bit);
        }
    }

    @Test
    void otherSeedsTensorsAndModelsAreIndependent() {
        int[] one = bits(CounterRandom.of(7, "a", 0), 0, SIZE);
        for (CounterRandom other : new CounterRandom[] {
            CounterRandom.of(8, "a", 0), CounterRandom.of(7, "b", 0), CounterRandom.of(7, "a", 1),
            CounterRandom.of(7, "aa", 0), CounterRandom.of(0, "a", 7)
        }) {
            int[] two = bits(other, 0, SIZE);
            long equalBits = 0;
            for (int i = 0; i < SIZE; i++) {
                equalBits += 32 - Integer.bitCount(one[i] ^ two[i]);
            }
            assertEquals(16.0 * SIZE, equalBits, 5 * Math.sqrt(32.0 * SIZE) / 2);
        }
    }

    @Test
    void upperBitsFallBelowTheThresholdWithItsProbability() {
        int[] bits = bits(CounterRandom.of(3, "w", 0), 123, SIZE);
        for (double probability : new double[] {0, 0.001, 0.3, 0.5, 0.9, 1}) {
            int threshold = CounterRandom.threshold(probability);
            long below = Arrays.stream(bits).filter(each -> (each >>> 1) < threshold).count();
            double deviation = Math.sqrt(SIZE * probability * (1 - probability));
            assertEquals(SIZE * probability, below, 5 * deviation + 1);
        }
    }

    @Test
    void bitsOfARunNeverChangeFromReleaseToRelease() {
        int[] expected = {-95683629, -69450697, -1962881134};
        assertArrayEquals(expected, bits(CounterRandom.of(42, "lm_head.weight", 1), 5, 3));
    }

    private static int sharedPositions(int[] a, int[] b) {
        int shared = 0;
        for (int i = 0; i < a.length; i++) {
            shared += a[i] == b[i] ? 1 : 0;
        }
        return shared;
    }
}
