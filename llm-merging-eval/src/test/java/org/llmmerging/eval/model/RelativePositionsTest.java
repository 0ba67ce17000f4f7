package org.llmmerging.eval.model;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RelativePositionsTest {
    private static final RelativePositions ENCODER = new RelativePositions(32, 128, true);
    private static final RelativePositions DECODER = new RelativePositions(32, 128, false);

    @Test
    void givesNearDistancesABucketEach() {
        for (int distance = 0; distance < 8; distance++) {
            assertEquals(distance, ENCODER.bucket(-distance));
            assertEquals(distance == 0 ? 0 : 16 + distance, ENCODER.bucket(distance));
        }
        for (int distance = 0; distance < 16; distance++) {
            assertEquals(distance, DECODER.bucket(-distance));
        }
    }

    /** With 8 exact buckets and 8 for 8 to 128, a factor of two is two buckets; edges belong to the upper one. */
    @Test
    void growsByTheLogarithmBeyond() {
        assertEquals(8, ENCODER.bucket(-8));
        assertEquals(9, ENCODER.bucket(-15));
        assertEquals(10, ENCODER.bucket(-16));
        assertEquals(12, ENCODER.bucket(-32));
        assertEquals(14, ENCODER.bucket(-64));
        int last = 0;
        for (int distance = 0; distance < 300; distance++) {
            assertTrue(ENCODER.bucket(-distance) >= last, "distance " + distance);
            last = ENCODER.bucket(-distance);
        }
    }

    @Test
    void sharesTheLastBucketFromTheMaximumDistanceOn() {
        assertEquals(15, ENCODER.bucket(-128));
        assertEquals(31, ENCODER.bucket(100000));
        assertEquals(31, DECODER.bucket(-128));
        assertEquals(31, DECODER.bucket(-100000));
    }

    @Test
    void countsWhatFollowsAsNoDistanceInADecoder() {
        assertEquals(0, DECODER.bucket(5));
    }
}
