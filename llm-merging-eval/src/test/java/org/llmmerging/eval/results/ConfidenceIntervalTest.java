package org.llmmerging.eval.results;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ConfidenceIntervalTest {

    /** Two-sided 95 %, from the tables of any statistics book. */
    @ParameterizedTest
    @CsvSource({
        "1, 12.706205", "2, 4.302653", "3, 3.182446", "4, 2.776445", "5, 2.570582", "9, 2.262157", "10, 2.228139",
        "29, 2.045230", "30, 2.042272", "1000, 1.962339"
    })
    void theQuantilesAreThoseOfTheTables(int freedom, double t) {
        assertEquals(t, ConfidenceInterval.quantile(freedom), 1e-6);
    }

    @Test
    void threeFiguresHaveTheirMeanAndFourStandardErrors() {
        ConfidenceInterval interval = ConfidenceInterval.of(1, 2, 3);
        assertEquals(2, interval.mean());
        assertEquals(4.302653 / Math.sqrt(3), interval.halfWidth(), 1e-6);
        assertEquals(3, interval.count());
    }

    @Test
    void figuresThatAgreeLeaveNoDoubt() {
        assertEquals(new ConfidenceInterval(0.5, 0, 3), ConfidenceInterval.of(0.5, 0.5, 0.5));
    }

    @Test
    void oneFigureHasNoInterval() {
        assertEquals(new ConfidenceInterval(7, Double.NaN, 1), ConfidenceInterval.of(7));
        assertThrows(IllegalArgumentException.class, ConfidenceInterval::of);
    }
}
