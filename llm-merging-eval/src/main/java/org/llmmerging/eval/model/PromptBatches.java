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
    /** Part of what is held of a prompt that may be padding, as it is read at every step: one in so many. */
    private static final int HELD_PADDING = 4;
    /** Held tokens that take less time to read than another part of a batch takes. */
    private static final int FEW_HELD = 64;

    private final int tokens;

    /**
     * @param tokens most tokens of a batch, those read and those held, padding counted; a row that has more is a batch
     *     of its own
     */
    PromptBatches(int tokens) {
        this.tokens = tokens;
    }

    /**
     * Prompts to read in one forward pass, of similar length: there is no work for padding then.
     *
     * @param examples indices of the prompts
     * @param groups for each row its prompts, as indices into {@code examples}
     */
    record Pass(int[] examples, List<int[]> groups) {}

    /**
     * Prompts to hold together, in as many tokens each as the longest has.
     *
     * @param passes by which they are read
     */
    record Part(List<Pass> passes) {

        /** Number of prompts. */
        int size() {
            return passes.stream().mapToInt(pass -> pass.examples().length).sum();
        }
    }

    /**
     * Prompts to answer together, whatever their lengths: a step of decoding reads all weights, however many rows it
     * has.
     *
     * @param parts by which they are held
     */
    record Batch(List<Part> parts) {

        /** The passes of all parts. */
        List<Pass> passes() {
            return parts.stream().flatMap(part -> part.passes().stream()).toList();
        }

        /** Indices of the prompts, in the order of the passes. */
        int[] examples() {
            return passes().stream().flatMapToInt(pass -> IntStream.of(pass.examples())).toArray();
        }
    }

    /**
     * The batches, the widest first: what does not fit in memory fails at once.
     *
     * @param groups indices of the prompts of each row
     * @param prompts the tokens of each prompt
     * @param branchTokens for each prompt, tokens of its branches
     * @param lengths for each prompt, most tokens that are held for it alone
     */
    List<Batch> of(List<int[]> groups, List<int[]> prompts, int[] branchTokens, int[] lengths) {
        List<Row> rows = groups.stream()
                .map(group -> Row.of(group, prompts, branchTokens, lengths))
                .sorted(Comparator.comparingInt((Row row) -> -row.width)
                        .thenComparingInt(row -> -row.longest)
                        .thenComparingInt(row -> row.members[0]))
                .toList();
        List<Batch> batches = new ArrayList<>();
        OpenBatch open = new OpenBatch();
        for (List<Row> pass : passes(rows)) {
            if (!open.takes(pass)) {
                batches.add(open.batch());
                open = new OpenBatch();
            }
            open.add(pass);
        }
        if (!rows.isEmpty()) {
            batches.add(open.batch());
        }
        return batches;
    }

    /** Cuts rows, the widest first, into those to read in one pass. */
    private List<List<Row>> passes(List<Row> rows) {
        List<List<Row>> passes = new ArrayList<>();
        int begin = 0;
        for (int end = 1; end <= rows.size(); end++) {
            if (end == rows.size()
                    || isTooLong(rows.subList(begin, end + 1))
                    || isPadding(rows.get(begin).width, end - begin, rows.get(end).width)) {
                passes.add(rows.subList(begin, end));
                begin = end;
            }
        }
        return passes;
    }

    private boolean isTooLong(List<Row> pass) {
        return read(pass) > Math.min(LONG_PASS, tokens) || (long) longest(pass) * members(pass) > tokens;
    }

    /** Whether a row of {@code next} tokens is to be read apart from {@code rows} that are long enough without it. */
    private static boolean isPadding(long width, int rows, int next) {
        return width * rows >= SHORT_PASS && (width - next) * PADDING > width;
    }

    private static long read(List<Row> pass) {
        return (long) pass.getFirst().width * pass.size();
    }

    private static int longest(List<Row> pass) {
        return pass.stream().mapToInt(row -> row.longest).max().orElse(0);
    }

    private static int members(List<Row> pass) {
        return pass.stream().mapToInt(row -> row.members.length).sum();
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

    /** A batch that passes are added to, and what they make it read and hold. */
    private final class OpenBatch {
        private final List<List<Pass>> parts = new ArrayList<>();
        private long read;
        /** By the parts before the last. */
        private long held;
        /** Of the last part. */
        private int longest;
        private int members;

        boolean takes(List<Row> pass) {
            long last = (long) longest * members;
            long with = fitsLastPart(pass)
                    ? (long) Math.max(longest, longest(pass)) * (members + members(pass))
                    : last + (long) longest(pass) * members(pass);
            return parts.isEmpty() || read + read(pass) <= tokens && held + with <= tokens;
        }

        void add(List<Row> pass) {
            if (!fitsLastPart(pass)) {
                held += (long) longest * members;
                parts.add(new ArrayList<>());
                longest = 0;
                members = 0;
            }
            parts.getLast().add(pass(pass));
            read += read(pass);
            longest = Math.max(longest, longest(pass));
            members += members(pass);
        }

        private boolean fitsLastPart(List<Row> pass) {
            int difference = Math.abs(longest - longest(pass));
            return !parts.isEmpty() && difference <= Math.max(FEW_HELD, longest / HELD_PADDING);
        }

        Batch batch() {
            return new Batch(parts.stream().map(Part::new).toList());
        }
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
