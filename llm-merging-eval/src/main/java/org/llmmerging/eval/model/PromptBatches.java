package org.llmmerging.eval.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Cuts prompts into batches; a row is a prompt, or a group of prompts that begin alike. */
final class PromptBatches {
    /** Tokens below which a pass is too short to keep the processor busy with every weight that it reads. */
    private static final int SHORT_PASS = 128;
    /** Tokens beyond which a pass gains nothing, and its arrays leave the caches and have their memory mapped anew. */
    private static final int LONG_PASS = 1024;
    /** Part of a pass that may be padding: one in so many. */
    private static final int PADDING = 8;

    private PromptBatches() {}

    /**
     * Prompts to read in one forward pass, of similar length: there is no work for padding then.
     *
     * @param examples indices of the prompts
     * @param groups for each row its prompts, as indices into {@code examples}
     */
    record Pass(int[] examples, List<int[]> groups) {}

    /**
     * Prompts to answer together, whatever their lengths: a step of decoding reads all weights, however many rows it has.
     *
     * @param passes by which they are read
     */
    record Batch(List<Pass> passes) {

        /** Indices of the prompts, in the order of the passes. */
        int[] examples() {
            return passes.stream().flatMapToInt(pass -> IntStream.of(pass.examples())).toArray();
        }
    }

    /**
     * The batches, the widest first: what does not fit in memory fails at once.
     *
     * @param groups indices of the prompts of each row
     * @param prompts the tokens of each prompt
     * @param branchTokens for each prompt, tokens of its branches
     * @param lengths for each prompt, most tokens that are held for it alone
     * @param tokens most tokens of a batch, padding counted; a row that has more is a batch of its own
     */
    static List<Batch> of(
            List<int[]> groups, List<int[]> prompts, int[] branchTokens, int[] lengths, int tokens) {
        List<Row> rows = groups.stream()
                .map(group -> Row.of(group, prompts, branchTokens, lengths))
                .sorted(Comparator.comparingInt((Row row) -> -row.width)
                        .thenComparingInt(row -> -row.longest)
                        .thenComparingInt(row -> row.members[0]))
                .toList();
        List<Batch> batches = new ArrayList<>();
        int begin = 0;
        while (begin < rows.size()) {
            int end = begin;
            long members = 0;
            long longest = 0;
            do {
                members += rows.get(end).members.length;
                longest = Math.max(longest, rows.get(end).longest);
                end++;
            } while (end < rows.size()
                    && (long) rows.get(begin).width * (end + 1 - begin) <= tokens
                    && Math.max(longest, rows.get(end).longest) * (members + rows.get(end).members.length) <= tokens);
            batches.add(batch(rows.subList(begin, end)));
            begin = end;
        }
        return batches;
    }

    private static Batch batch(List<Row> rows) {
        List<Pass> passes = new ArrayList<>();
        int begin = 0;
        for (int end = 1; end <= rows.size(); end++) {
            long width = rows.get(begin).width;
            if (end == rows.size()
                    || width * (end + 1 - begin) > LONG_PASS
                    || width * (end - begin) >= SHORT_PASS
                            && (width - rows.get(end).width) * PADDING > width) {
                passes.add(pass(rows.subList(begin, end)));
                begin = end;
            }
        }
        return new Batch(passes);
    }

    private static Pass pass(List<Row> rows) {
        List<int[]> groups = new ArrayList<>();
        int count = 0;
        for (Row row : rows) {
            groups.add(IntStream.range(count, count + row.members.length).toArray());
            count += row.members.length;
        }
        return new Pass(rows.stream().flatMapToInt(row -> IntStream.of(row.members)).toArray(), groups);
    }

    /** The prompts of a row, which are sorted, the row's tokens, and the longest of the prompts by itself. */
    private record Row(int[] members, int width, int longest) {

        static Row of(int[] members, List<int[]> prompts, int[] branchTokens, int[] lengths) {
            int width = 0;
            int longest = 0;
            int[] before = new int[0];
            for (int member : members) {
                int[] prompt = prompts.get(member);
                width += prompt.length - PromptGroups.commonTokens(before, prompt) + branchTokens[member];
                longest = Math.max(longest, lengths[member]);
                before = prompt;
            }
            return new Row(members, width, longest);
        }
    }
}
