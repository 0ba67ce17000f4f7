package org.llmmerging.config;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class DidYouMeanTest {
    private static final List<String> METHODS = List.of("linear", "slerp", "ties", "dare_ties", "dare_linear", "della");

    @ParameterizedTest
    @CsvSource({
        "slrep, slerp",
        "SLERP, slerp",
        "tie, ties",
        "dareties, dare_ties",
        "dare-linear, dare_linear",
        "lienar, linear",
        "dela, della"
    })
    void findsTheNearestName(String typed, String meant) {
        assertEquals(Optional.of(meant), DidYouMean.suggest(typed, METHODS));
    }

    @ParameterizedTest
    @CsvSource({"foo", "x", "''", "karcher"})
    void doesNotGuessWhenNothingIsNear(String typed) {
        assertEquals(Optional.empty(), DidYouMean.suggest(typed, METHODS));
    }

    @Test
    void takesTheNearestOfSeveral() {
        assertEquals(Optional.of("weight"), DidYouMean.suggest("wieght", List.of("height", "weight")));
        assertEquals(Optional.of("weights"), DidYouMean.suggest("weihgts", List.of("weight", "weights")));
    }

    @Test
    void theRemedyNamesTheSuggestionOrAllNames() {
        assertEquals("Did you mean 'slerp'?", DidYouMean.remedy("slep", METHODS));
        assertEquals("Known are: a, b.", DidYouMean.remedy("something", List.of("a", "b")));
    }

    @Test
    void aVeryLongWordCostsNothing() {
        assertEquals(Optional.empty(), DidYouMean.suggest("x".repeat(1_000_000), METHODS));
    }
}
