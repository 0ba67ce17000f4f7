package org.llmmerging.eval.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PromptGroupsTest {
    private static final int MANY = 100_000;

    @Test
    void putsTogetherWhatBeginsAlike() {
        List<int[]> prompts = List.of(prompt(1, 20, 7), prompt(2, 40, 8), prompt(1, 20, 9), prompt(3, 10, 4));
        List<int[]> groups = groups(prompts, MANY, 1000);
        assertEquals("[[0, 2], [1], [3]]", Arrays.deepToString(groups.toArray()));
    }

    @Test
    void keepsApartWhatWouldCostMoreAttentionThanItSavesReading() {
        List<int[]> prompts = List.of(join(prompt(1, 20), prompt(2, 99)), join(prompt(1, 20), prompt(3, 99)));
        assertEquals(1, groups(prompts, MANY, 1e6).size());
        assertEquals(2, groups(prompts, MANY, 10).size());
    }

    @Test
    void staysWithinTheTokens() {
        List<int[]> prompts = IntStream.range(0, 10).mapToObj(i -> prompt(1, 30, i)).toList();
        for (int[] group : groups(prompts, 4 * 31, 1000)) {
            assertTrue(group.length <= 4);
        }
        assertEquals(10, groups(prompts, 1, 1000).size());
    }

    /** Tries every cut of the sorted prompts. */
    @Test
    void costsNoMoreThanAnyOtherCut() {
        for (long seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            List<int[]> prompts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int[] parent = prompts.isEmpty() ? prompt(1, 60) : prompts.get(random.nextInt(prompts.size()));
                int kept = 1 + random.nextInt(parent.length);
                prompts.add(join(Arrays.copyOf(parent, kept), prompt(random.nextInt(5), 1 + random.nextInt(40))));
            }
            double turn = 50 + random.nextInt(500);
            double cost = groups(prompts, MANY, turn).stream()
                    .mapToDouble(group -> cost(Arrays.stream(group).mapToObj(prompts::get).toList(), turn))
                    .sum();
            List<int[]> sorted = prompts.stream().sorted(Arrays::compare).toList();
            assertEquals(least(sorted, turn), cost, 1e-6 * cost, "seed " + seed);
        }
    }

    private static double least(List<int[]> sorted, double turn) {
        double least = sorted.isEmpty() ? 0 : Double.POSITIVE_INFINITY;
        for (int end = 1; end <= sorted.size(); end++) {
            least = Math.min(
                    least, cost(sorted.subList(0, end), turn) + least(sorted.subList(end, sorted.size()), turn));
        }
        return least;
    }

    /** Counts the distinct beginnings, one by one. */
    private static double cost(List<int[]> prompts, double turn) {
        long tokens = prompts.stream()
                .flatMap(prompt -> IntStream.rangeClosed(1, prompt.length)
                        .mapToObj(end -> Arrays.toString(Arrays.copyOf(prompt, end))))
                .distinct()
                .count();
        return tokens + tokens * tokens / turn;
    }

    @Test
    void laysEveryPromptOutOnAPathOfItsRow() {
        for (long seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            List<int[]> prompts = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                prompts.add(random.ints(1 + random.nextInt(9), 1, 3).toArray());
            }
            List<List<int[]>> branches = prompts.stream().map(p -> List.of(new int[] {7}, new int[] {8, 9})).toList();
            List<int[]> groups = PromptGroups.of(prompts, constant(3), constant(0), MANY, 1e6);
            PromptTree tree = new PromptTree(prompts, branches, groups, 0);
            TokenLayout layout = tree.layout();
            for (int prompt = 0; prompt < prompts.size(); prompt++) {
                int[] cells = tree.cells(prompt);
                assertArrayEquals(
                        prompts.get(prompt),
                        Arrays.stream(cells)
                                .map(cell -> layout.id(cell / layout.width(), cell % layout.width()))
                                .toArray(),
                        "seed " + seed);
                assertEquals(cells[cells.length - 1], tree.end(prompt));
                int last = tree.branch(prompt, 1) + 1;
                int row = last / layout.width();
                int column = last % layout.width();
                assertEquals(9, layout.id(row, column));
                assertEquals(cells.length + 1, layout.position(row, column));
                int[] seen = IntStream.range(0, layout.width())
                        .filter(key -> layout.sees(row, layout.segment(row, column), layout.segment(row, key)))
                        .map(key -> layout.id(row, key))
                        .toArray();
                assertArrayEquals(join(prompts.get(prompt), new int[] {8, 9}), seen, "seed " + seed);
            }
        }
    }

    private static List<int[]> groups(List<int[]> prompts, int tokens, double turn) {
        int[] lengths = prompts.stream().mapToInt(p -> p.length).toArray();
        return PromptGroups.of(prompts, new int[lengths.length], lengths, tokens, turn);
    }

    private static int[] constant(int value) {
        int[] values = new int[12];
        Arrays.fill(values, value);
        return values;
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
