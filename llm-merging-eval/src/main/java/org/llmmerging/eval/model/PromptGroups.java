package org.llmmerging.eval.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Groups prompts that begin alike, for each group to be read as one row in which what is common stands once. Of all
 * ways to cut the sorted prompts into runs it takes the one that costs least: a row costs its tokens, and as attention
 * compares each with each, their square.
 */
final class PromptGroups {
    private final List<int[]> prompts;
    private final int[] branchTokens;
    private final int[] lengths;
    private final int tokens;
    private final double turn;
    private final int[] order;
    /** For each place in the order, the common tokens of the prompt there and the one before. */
    private final int[] common;

    private PromptGroups(List<int[]> prompts, int[] branchTokens, int[] lengths, int tokens, double turn) {
        this.prompts = prompts;
        this.branchTokens = branchTokens;
        this.lengths = lengths;
        this.tokens = tokens;
        this.turn = turn;
        this.order = IntStream.range(0, prompts.size())
                .boxed()
                .sorted((a, b) -> Arrays.compare(prompts.get(a), prompts.get(b)))
                .mapToInt(Integer::intValue)
                .toArray();
        this.common = new int[order.length];
        for (int i = 1; i < order.length; i++) {
            common[i] = commonTokens(prompts.get(order[i - 1]), prompts.get(order[i]));
        }
    }

    /**
     * The groups: indices of prompts, in the order of the prompts' tokens.
     *
     * @param branchTokens for each prompt, tokens of its branches, which share nothing
     * @param lengths for each prompt, most tokens that are held for it alone
     * @param tokens most tokens of a group's row, and of its prompts each held at the length of the longest
     * @param turn at so many tokens a row's attention costs as much as the rest of its layers
     */
    static List<int[]> of(List<int[]> prompts, int[] branchTokens, int[] lengths, int tokens, double turn) {
        return new PromptGroups(prompts, branchTokens, lengths, tokens, turn).best();
    }

    private List<int[]> best() {
        double[] costs = new double[order.length + 1];
        int[] begins = new int[order.length + 1];
        for (int end = 1; end <= order.length; end++) {
            costs[end] = Double.POSITIVE_INFINITY;
            long row = 0;
            long longest = 0;
            for (int begin = end - 1; begin >= 0; begin--) {
                int example = order[begin];
                row += prompts.get(example).length + branchTokens[example] - (begin + 1 < end ? common[begin + 1] : 0);
                longest = Math.max(longest, lengths[example]);
                boolean isAlone = begin == end - 1;
                if (!isAlone && (common[begin + 1] == 0 || row > tokens || longest * (end - begin) > tokens)) {
                    break;
                }
                double cost = costs[begin] + row + row * (row / turn);
                if (cost < costs[end]) {
                    costs[end] = cost;
                    begins[end] = begin;
                }
            }
        }
        List<int[]> groups = new ArrayList<>();
        for (int end = order.length; end > 0; end = begins[end]) {
            groups.add(Arrays.copyOfRange(order, begins[end], end));
        }
        return groups.reversed();
    }

    /** Number of tokens that two prompts begin with alike. */
    static int commonTokens(int[] a, int[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }
}
