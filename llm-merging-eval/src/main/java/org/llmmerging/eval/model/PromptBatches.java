package org.llmmerging.eval.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.llmmerging.eval.model.PromptGroups.Group;

/** Cuts prompts into batches: those that begin alike together, the others by their length. */
final class PromptBatches {
    private final List<int[]> prompts;
    private final int[] lengths;
    private final int tokens;

    /**
     * Prompts to read together.
     *
     * @param examples indices of the prompts
     * @param prefixes what they share
     */
    record Batch(int[] examples, SharedPrefixes prefixes) {}

    /**
     * @param lengths for each prompt, its tokens and those to follow it
     * @param tokens most tokens of a batch, padding and each use of a prefix counted; a longer prompt is alone
     */
    PromptBatches(List<int[]> prompts, int[] lengths, int tokens) {
        this.prompts = prompts;
        this.lengths = lengths;
        this.tokens = tokens;
    }

    /** Batches of similar length, the longest first: what does not fit in memory fails at once. */
    List<Batch> byLength() {
        return byLength(IntStream.range(0, lengths.length).toArray());
    }

    /** As {@link #byLength()}, behind batches of prompts that begin alike. */
    List<Batch> byPrefix() {
        List<Group> shared = new ArrayList<>();
        List<Integer> single = new ArrayList<>();
        for (Group group : PromptGroups.of(prompts, lengths, tokens)) {
            if (group.prefix() == 0) {
                single.add(group.members()[0]);
            } else {
                shared.add(group);
            }
        }
        List<Batch> batches = new ArrayList<>(batches(shared));
        batches.addAll(byLength(single.stream().mapToInt(Integer::intValue).toArray()));
        return batches;
    }

    private List<Batch> byLength(int[] examples) {
        int[] chosen = IntStream.of(examples).map(i -> lengths[i]).toArray();
        return LengthBatches.of(chosen, tokens).stream()
                .map(batch -> IntStream.of(batch).map(i -> examples[i]).toArray())
                .map(batch -> new Batch(batch, SharedPrefixes.NONE))
                .toList();
    }

    /** Rows are as long as the longest prefix and the longest rest together, so similar ones are put together. */
    private List<Batch> batches(List<Group> shared) {
        List<Group> sorted = shared.stream()
                .sorted(Comparator.comparingInt((Group group) -> -(group.prefix() + rest(group)))
                        .thenComparingInt(group -> -group.prefix()))
                .toList();
        List<Batch> batches = new ArrayList<>();
        List<Group> open = new ArrayList<>();
        int rows = 0;
        int prefix = 0;
        int rest = 0;
        for (Group group : sorted) {
            rows += group.members().length;
            prefix = Math.max(prefix, group.prefix());
            rest = Math.max(rest, rest(group));
            if (!open.isEmpty() && (long) rows * (prefix + rest) > tokens) {
                batches.add(batch(open));
                open.clear();
                rows = group.members().length;
                prefix = group.prefix();
                rest = rest(group);
            }
            open.add(group);
        }
        if (!open.isEmpty()) {
            batches.add(batch(open));
        }
        return batches;
    }

    private Batch batch(List<Group> groups) {
        int[] examples = groups.stream().flatMapToInt(group -> IntStream.of(group.members())).toArray();
        List<int[]> chosen = IntStream.of(examples).mapToObj(prompts::get).toList();
        return new Batch(examples, SharedPrefixes.of(groups, chosen));
    }

    /** Tokens of the longest member behind the prefix. */
    private int rest(Group group) {
        return IntStream.of(group.members()).map(i -> lengths[i]).max().orElse(0) - group.prefix();
    }
}
