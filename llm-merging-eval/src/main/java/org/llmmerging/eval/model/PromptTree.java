package org.llmmerging.eval.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Prompts laid out so that what those of a row have in common stands once: a row is a tree of segments, and the path
 * from its root to a prompt's end is the prompt. Branches grow from a prompt's end. A cell is counted over rows and
 * columns.
 */
final class PromptTree {
    private final List<int[]> prompts;
    private final List<List<TokenLayout.Segment>> rows = new ArrayList<>();
    private final int[] rowOf;
    /** For each prompt, the segment that it ends with. */
    private final int[] endOf;
    /** For each prompt, the segment of its first branch; the others follow. */
    private final int[] branchOf;
    private final TokenLayout layout;

    /**
     * @param prompts none empty
     * @param branches for each prompt what follows it
     * @param groups indices of the prompts of each row, those of a row sorted by their tokens
     */
    PromptTree(List<int[]> prompts, List<List<int[]>> branches, List<int[]> groups, int padId) {
        this.prompts = prompts;
        this.rowOf = new int[prompts.size()];
        this.endOf = new int[prompts.size()];
        this.branchOf = new int[prompts.size()];
        for (int[] group : groups) {
            List<TokenLayout.Segment> row = new ArrayList<>();
            grow(row, group, 0, TokenLayout.NO_SEGMENT);
            for (int prompt : group) {
                rowOf[prompt] = rows.size();
                branchOf[prompt] = row.size();
                for (int[] branch : branches.get(prompt)) {
                    row.add(new TokenLayout.Segment(endOf[prompt], prompts.get(prompt).length, branch));
                }
            }
            rows.add(row);
        }
        this.layout = TokenLayout.trees(rows, padId);
    }

    /** The cells' tokens. */
    TokenLayout layout() {
        return layout;
    }

    /** The cell of a prompt's last token. */
    int end(int prompt) {
        return first(prompt, endOf[prompt] + 1) - 1;
    }

    /** The cell of the first token of a prompt's branch. */
    int branch(int prompt, int branch) {
        return first(prompt, branchOf[prompt] + branch);
    }

    /** The cells of a prompt's tokens, in order. */
    int[] cells(int prompt) {
        int[] cells = new int[prompts.get(prompt).length];
        List<TokenLayout.Segment> row = rows.get(rowOf[prompt]);
        for (int segment = endOf[prompt]; segment != TokenLayout.NO_SEGMENT; segment = row.get(segment).parent()) {
            int first = first(prompt, segment);
            int position = row.get(segment).position();
            for (int i = 0; i < row.get(segment).tokens().length; i++) {
                cells[position + i] = first + i;
            }
        }
        return cells;
    }

    /** Adds what {@code group}, equal up to {@code depth}, has in common from there on, then the parts that differ. */
    private void grow(List<TokenLayout.Segment> row, int[] group, int depth, int parent) {
        int[] first = prompts.get(group[0]);
        int[] last = prompts.get(group[group.length - 1]);
        // Of sorted prompts the outermost differ first.
        int mismatch = Arrays.mismatch(first, last);
        int end = mismatch < 0 ? first.length : mismatch;
        int segment = parent;
        if (end > depth) {
            segment = row.size();
            row.add(new TokenLayout.Segment(parent, depth, Arrays.copyOfRange(first, depth, end)));
        }
        int begin = 0;
        while (begin < group.length && prompts.get(group[begin]).length == end) {
            endOf[group[begin++]] = segment;
        }
        while (begin < group.length) {
            int next = begin + 1;
            int token = prompts.get(group[begin])[end];
            while (next < group.length && prompts.get(group[next])[end] == token) {
                next++;
            }
            grow(row, Arrays.copyOfRange(group, begin, next), end, segment);
            begin = next;
        }
    }

    private int first(int prompt, int segment) {
        return rowOf[prompt] * layout.width()
                + rows.get(rowOf[prompt]).subList(0, segment).stream()
                        .mapToInt(each -> each.tokens().length)
                        .sum();
    }
}
