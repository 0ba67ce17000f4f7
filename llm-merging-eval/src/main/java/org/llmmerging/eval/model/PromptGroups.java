package org.llmmerging.eval.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Groups prompts that begin alike, so that as few tokens as possible are read: of all ways to cut the sorted prompts into
 * runs, the one whose common prefixes save most. A prompt keeps at least its last token to itself.
 */
final class PromptGroups {
    /** A shorter prefix saves less than the pass that reads it costs: one pass reads every weight. */
    static final int SHORTEST_PREFIX = 16;

    private final List<int[]> prompts;
    private final int[] lengths;
    private final int tokens;
    private final int[] order;
    /** For each place in the order, the common tokens of the prompt there and the one before. */
    private final int[] common;

    /**
     * Prompts that share their first tokens.
     *
     * @param prefix number of tokens that they share; 0 when the group is one prompt
     * @param members indices of the prompts
     */
    record Group(int prefix, int[] members) {}

    private PromptGroups(List<int[]> prompts, int[] lengths, int tokens) {
        this.prompts = prompts;
        this.lengths = lengths;
        this.tokens = tokens;
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
     * The groups, in the order of their prompts' tokens.
     *
     * @param lengths for each prompt, its tokens and those to follow it
     * @param tokens most tokens of a group, each prompt counted at the length of the longest
     */
    static List<Group> of(List<int[]> prompts, int[] lengths, int tokens) {
        return new PromptGroups(prompts, lengths, tokens).best();
    }

    private List<Group> best() {
        int[] begins = begins();
        List<Group> groups = new ArrayList<>();
        for (int end = order.length; end > 0; end = begins[end]) {
            int[] members = Arrays.copyOfRange(order, begins[end], end);
            groups.add(new Group(members.length == 1 ? 0 : prefix(begins[end], end), members));
        }
        return groups.reversed();
    }

    /** For each end of a run, where the last group of the best cut up to there begins. */
    private int[] begins() {
        long[] saved = new long[order.length + 1];
        int[] begins = new int[order.length + 1];
        for (int end = 1; end <= order.length; end++) {
            saved[end] = saved[end - 1];
            begins[end] = end - 1;
            int prefix = prompts.get(order[end - 1]).length - 1;
            int longest = lengths[order[end - 1]];
            for (int begin = end - 2; begin >= 0; begin--) {
                int example = order[begin];
                prefix = Math.min(prefix, Math.min(common[begin + 1], prompts.get(example).length - 1));
                longest = Math.max(longest, lengths[example]);
                if (prefix < SHORTEST_PREFIX || (long) longest * (end - begin) > tokens) {
                    break;
                }
                long saving = saved[begin] + (long) prefix * (end - begin - 1);
                if (saving > saved[end]) {
                    saved[end] = saving;
                    begins[end] = begin;
                }
            }
        }
        return begins;
    }

    private int prefix(int begin, int end) {
        int prefix = Integer.MAX_VALUE;
        for (int i = begin; i < end; i++) {
            prefix = Math.min(prefix, prompts.get(order[i]).length - 1);
            prefix = i == begin ? prefix : Math.min(prefix, common[i]);
        }
        return prefix;
    }

    private static int commonTokens(int[] a, int[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }
}
