package org.llmmerging.eval.results;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TuningTest {
    private static final TuningPoint GIVEN = new TuningPoint(List.of(9.0), Map.of());

    @Test
    void theSettingWithTheLargestScoreIsChosen() {
        assertEquals(List.of(0.6), Tuning.best("slerp", GIVEN, setting -> -Math.abs(setting.lambdas().getFirst() - 0.6))
                .lambdas());
    }

    @Test
    void ofEqualOnesTheFirstIsChosenAndWhatIsNoNumberNever() {
        List<TuningPoint> tried = new ArrayList<>();
        TuningPoint best = Tuning.best("ta", GIVEN, setting -> {
            tried.add(setting);
            return tried.size() == 1 ? Double.NaN : 0.5;
        });
        assertEquals(tried.get(1), best);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ms", "geometric_median", "soup_greedy", "dam"})
    void aMethodWithNothingToChooseKeepsWhatItIsGiven(String method) {
        assertEquals(GIVEN, Tuning.best(method, GIVEN, setting -> 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"avg", "slerp", "ta", "ties", "dare", "dare_ties"})
    void aGridIsSmallAndNamesNothingTwice(String method) {
        List<TuningPoint> grid = TuningGrid.of(method);
        assertEquals(grid.size(), new HashSet<>(grid).size());
        assertTrue(grid.size() > 1 && grid.size() <= 10, grid::toString);
    }
}
