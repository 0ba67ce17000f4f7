package org.llmmerging;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ParametersTest {
    /** Every parameter has the same value. */
    private record Same(double value) implements Parameters {
        @Override
        public double number(String name) {
            return value;
        }

        @Override
        public double number(String name, int model) {
            return value;
        }

        @Override
        public long seed() {
            return 0;
        }
    }

    @Test
    void wholeNumbersAreInts() {
        assertEquals(7, new Same(7).integer("rounds"));
        assertEquals(-7, new Same(-7).integer("rounds", 1));
        assertEquals(Integer.MAX_VALUE, new Same(Integer.MAX_VALUE).integer("rounds"));
    }

    @Test
    void whatIsNoIntIsRefusedAndNotCut() {
        assertThrows(IllegalArgumentException.class, () -> new Same(0.5).integer("rounds"));
        assertThrows(IllegalArgumentException.class, () -> new Same(1e12).integer("rounds"));
        assertThrows(IllegalArgumentException.class, () -> new Same(Double.NaN).integer("rounds", 0));
    }
}
