package org.llmmerging.eval.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.llmmerging.eval.model.PromptGroups.Group;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PromptGroupsTest {
    private static final int MANY = 100_000;

    @Test
    void putsTogetherWhatBeginsAlike() {
        List<int[]> prompts = List.of(prompt(1, 20, 7), prompt(2, 40, 8), prompt(1, 20, 9), prompt(3, 10, 4));
        List<Group> groups = groups(prompts, MANY);
        assertEquals(3, groups.size());
        assertEquals(20, groups.get(0).prefix());
        assertArrayEquals(new int[] {0, 2}, groups.get(0).members());
        assertEquals(0, groups.get(1).prefix());
        assertArrayEquals(new int[] {1}, groups.get(1).members());
    }

    @Test
    void sharesNoPrefixThatIsShorterThanItsPassCosts() {
        int shortest = PromptGroups.SHORTEST_PREFIX;
        assertEquals(2, groups(List.of(prompt(1, shortest - 1, 7), prompt(1, shortest - 1, 8)), MANY).size());
        assertEquals(1, groups(List.of(prompt(1, shortest, 7), prompt(1, shortest, 8)), MANY).size());
    }

    @Test
    void leavesEveryPromptItsLastToken() {
        Group group = groups(List.of(prompt(1, 20), prompt(1, 20), prompt(1, 25)), MANY).getFirst();
        assertEquals(19, group.prefix());
        assertEquals(3, group.members().length);
    }

    @Test
    void cutsARunWhereItSavesMost() {
        // All four share 20 tokens; the pairs share 100: two pairs save 200, one group of four saves 60.
        List<int[]> prompts = List.of(
                join(prompt(1, 20), prompt(2, 80, 5)), join(prompt(1, 20), prompt(2, 80, 6)),
                join(prompt(1, 20), prompt(3, 80, 5)), join(prompt(1, 20), prompt(3, 80, 6)));
        List<Group> groups = groups(prompts, MANY);
        assertEquals(List.of(100, 100), groups.stream().map(Group::prefix).toList());
    }

    @Test
    void staysWithinTheTokens() {
        List<int[]> prompts = IntStream.range(0, 10).mapToObj(i -> prompt(1, 30, i)).toList();
        for (Group group : groups(prompts, 4 * 31)) {
            assertTrue(group.members().length <= 4);
        }
        assertEquals(10, groups(prompts, 1).size());
    }

    @Test
    void savesAsMuchAsTheBestOfAllCuts() {
        for (long seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            List<int[]> prompts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int[] parent = prompts.isEmpty() ? prompt(1, 60) : prompts.get(random.nextInt(prompts.size()));
                int kept = random.nextInt(parent.length + 1);
                prompts.add(join(Arrays.copyOf(parent, kept), prompt(random.nextInt(5), 1 + random.nextInt(40))));
            }
            int saved = groups(prompts, MANY).stream()
                    .mapToInt(group -> group.prefix() * (group.members().length - 1))
                    .sum();
            List<int[]> sorted = prompts.stream().sorted(Arrays::compare).toList();
            assertEquals(mostSaved(sorted, 0), saved, "seed " + seed);
        }
    }

    /** Tries every first run. */
    private static int mostSaved(List<int[]> sorted, int begin) {
        int most = 0;
        for (int end = begin + 1; end <= sorted.size(); end++) {
            int prefix = prefix(sorted.subList(begin, end));
            if (end == begin + 1 || prefix >= PromptGroups.SHORTEST_PREFIX) {
                most = Math.max(most, prefix * (end - begin - 1) + mostSaved(sorted, end));
            }
        }
        return most;
    }

    private static int prefix(List<int[]> prompts) {
        int prefix = 0;
        int shortest = prompts.stream().mapToInt(prompt -> prompt.length).min().orElseThrow();
        while (prefix < shortest - 1) {
            int column = prefix;
            if (prompts.stream().mapToInt(prompt -> prompt[column]).distinct().count() > 1) {
                break;
            }
            prefix++;
        }
        return prefix;
    }

    private static List<Group> groups(List<int[]> prompts, int tokens) {
        return PromptGroups.of(prompts, prompts.stream().mapToInt(p -> p.length).toArray(), tokens);
    }

    /** So many equal tokens, then the given ones. */
    private static int[] prompt(int token, int count, int... after) {
        int[] begin = new int[count];
        Arrays.fill(begin, token);
        return join(begin, after);
    }

    private static int[] join(int[] first, int[] second) {
        return IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
    }
}
