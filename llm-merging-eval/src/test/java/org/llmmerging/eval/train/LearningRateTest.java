package org.llmmerging.eval.train;

import org.junit.jupiter.api.Test;
import org.llmmerging.eval.train.LearningRate.Schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

class LearningRateTest {
    @Test
    void risesLinearlyFromZeroDuringTheWarmup() {
        LearningRate rate = LearningRate.withWarmupRatio(8, Schedule.CONSTANT, 0.21, 19);
        assertEquals(4, rate.warmupSteps(), "0.21 · 19 = 3.99, rounded up");
        assertEquals(0, rate.at(0));
        assertEquals(2, rate.at(1));
        assertEquals(6, rate.at(3));
        assertEquals(8, rate.at(4));
        assertEquals(8, rate.at(100));
    }

    @Test
    void fallsInALineToZeroAfterTheLastStep() {
        LearningRate rate = new LearningRate(1, Schedule.LINEAR, 2, 10);
        assertEquals(1, rate.at(2));
        assertEquals(0.5, rate.at(6));
        assertEquals(0.125, rate.at(9));
        assertEquals(0, rate.at(10));
        assertEquals(0, rate.at(11));
    }

    @Test
    void fallsAlongHalfACosine() {
        LearningRate rate = new LearningRate(2, Schedule.COSINE, 0, 6);
        assertEquals(2, rate.at(0));
        assertEquals(1.5, rate.at(2), 1e-12, "1 + cos 60°");
        assertEquals(1, rate.at(3), 1e-12);
        assertEquals(0.5, rate.at(4), 1e-12);
        assertEquals(0, rate.at(6), 1e-12);
    }
}
