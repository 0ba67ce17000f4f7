package org.llmmerging.eval.train.starter;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What happens in the small world. */
class ItemSourceTest {
    private static final long SEED = 31;
    private static final int DRAWN = 5000;

    @ParameterizedTest
    @EnumSource
    void noItemIsInTwoSplits(Skill skill) {
        Map<String, Set<Split>> ofPrompt = new TreeMap<>();
        Map<String, Set<Split>> ofCore = new TreeMap<>();
        for (Item item : draw(skill)) {
            ofPrompt.computeIfAbsent(item.prompt(), key -> new HashSet<>()).add(item.split());
            ofCore.computeIfAbsent(item.core(), key -> new HashSet<>()).add(item.split());
        }
        for (Map<String, Set<Split>> splits : List.of(ofPrompt, ofCore)) {
            splits.forEach((text, found) -> assertEquals(1, found.size(), text));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTenthOfTheItemsIsForValidationAndATenthForTests(Skill skill) {
        Map<Split, Long> counts = draw(skill).stream()
                .collect(Collectors.groupingBy(Item::split, Collectors.counting()));
        for (Split split : List.of(Split.VALIDATION, Split.TEST)) {
            long rows = counts.getOrDefault(split, 0L);
            assertTrue(rows > DRAWN / 20 && rows < DRAWN / 5, skill + " " + counts + ", seed " + SEED);
        }
    }

    /** The kit leaves the first token of a choice out: it must not decide. */
    @ParameterizedTest
    @EnumSource(names = {"REASONING", "ARITHMETIC"})
    void theChoicesAreFourDifferentTextsWithTheSameFirstWord(Skill skill) {
        Map<Integer, Integer> places = new TreeMap<>();
        for (Item item : draw(skill)) {
            assertEquals(4, new HashSet<>(item.choices()).size(), item.toString());
            assertTrue(item.choices().contains(item.answer()), item.toString());
            Set<String> first = item.choices().stream().map(c -> c.split(" ")[0]).collect(Collectors.toSet());
            assertEquals(1, first.size(), item.toString());
            assertTrue(item.choices().stream().allMatch(choice -> choice.split(" ").length >= 3), item.toString());
            places.merge(Integer.parseInt(item.target()), 1, Integer::sum);
        }
        places.forEach((place, rows) -> assertTrue(rows > DRAWN / 6, place + ": " + rows + ", seed " + SEED));
        assertEquals(4, places.size());
    }

    @ParameterizedTest
    @EnumSource
    void theSameSeedTellsTheSame(Skill skill) {
        assertEquals(draw(skill), draw(skill));
    }

    private static List<Item> draw(Skill skill) {
        ItemSource source = ItemSource.of(skill);
        Random random = new Random(SEED);
        return Stream.generate(() -> source.draw(random)).limit(DRAWN).toList();
    }
}
