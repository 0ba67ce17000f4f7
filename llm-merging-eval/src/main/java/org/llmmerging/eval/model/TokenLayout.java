package org.llmmerging.eval.model;

import java.util.Arrays;
import java.util.List;

/**
 * Tokens of several sequences laid out in equal rows for one forward pass: which token stands in each column, at which
 * position of its sequence, and in which segment. Immutable.
 *
 * <p>A row is a trunk, seen by all that follows, and any number of branches that see the trunk and themselves but not
 * each other, so that all choices of a question share the prompt's work. Padding is seen by nothing.
 */
public final class TokenLayout {
    /** Segment of padding. */
    static final int PADDING = -1;
    /** Segment of the trunk; branches are 1, 2 and so on. */
    static final int TRUNK = 0;

    private final int rows;
    private final int width;
    private final int[] ids;
    private final int[] positions;
    private final int[] segments;

    private TokenLayout(int rows, int width) {
        this.rows = rows;
        this.width = width;
        this.ids = new int[rows * width];
        this.positions = new int[rows * width];
        this.segments = new int[rows * width];
    }

    /** One sequence a row, ending in the last column. */
    public static TokenLayout leftPadded(List<int[]> sequences, int padId) {
        return padded(sequences, padId, true);
    }

    /** One sequence a row, beginning in the first column. */
    public static TokenLayout rightPadded(List<int[]> sequences, int padId) {
        return padded(sequences, padId, false);
    }

    /**
     * As a tokenizer laid them out.
     *
     * @param ids rows of equal length
     * @param mask 0 where {@code ids} is padding, else 1, in the same shape
     */
    public static TokenLayout masked(int[][] ids, int[][] mask) {
        TokenLayout layout = new TokenLayout(ids.length, ids.length == 0 ? 0 : ids[0].length);
        for (int row = 0; row < ids.length; row++) {
            int position = 0;
            for (int column = 0; column < layout.width; column++) {
                boolean isToken = mask[row][column] != 0;
                layout.put(row, column, ids[row][column], isToken ? position : column, isToken ? TRUNK : PADDING);
                position += isToken ? 1 : 0;
            }
        }
        return layout;
    }

    /**
     * In each row a trunk and after it its branches, padded on the right.
     *
     * @param trunks one a row; may be empty
     * @param branches for each row the continuations of its trunk
     */
    public static TokenLayout branching(List<int[]> trunks, List<List<int[]>> branches, int padId) {
        int width = 0;
        for (int row = 0; row < trunks.size(); row++) {
            int length = trunks.get(row).length;
            for (int[] branch : branches.get(row)) {
                length += branch.length;
            }
            width = Math.max(width, length);
        }
        TokenLayout layout = new TokenLayout(trunks.size(), width);
        for (int row = 0; row < trunks.size(); row++) {
            int[] trunk = trunks.get(row);
            int column = layout.putAll(row, 0, trunk, 0, TRUNK);
            int segment = TRUNK;
            for (int[] branch : branches.get(row)) {
                column = layout.putAll(row, column, branch, trunk.length, ++segment);
            }
            layout.pad(row, column, width, padId);
        }
        return layout;
    }

    /** One further token of each sequence, at its position. */
    static TokenLayout next(int[] tokens, int[] positions) {
        TokenLayout layout = new TokenLayout(tokens.length, 1);
        for (int row = 0; row < tokens.length; row++) {
            layout.put(row, 0, tokens[row], positions[row], TRUNK);
        }
        return layout;
    }

    /** Number of sequences. */
    public int rows() {
        return rows;
    }

    /** Number of columns. */
    public int width() {
        return width;
    }

    int id(int row, int column) {
        return ids[row * width + column];
    }

    int position(int row, int column) {
        return positions[row * width + column];
    }

    int segment(int row, int column) {
        return segments[row * width + column];
    }

    /** These columns, then those of {@code other}. */
    TokenLayout append(TokenLayout other) {
        TokenLayout joined = new TokenLayout(rows, width + other.width);
        for (int row = 0; row < rows; row++) {
            joined.copyRow(row, 0, this, row);
            joined.copyRow(row, width, other, row);
        }
        return joined;
    }

    /** The given rows, in the given order. */
    TokenLayout select(int[] selected) {
        TokenLayout layout = new TokenLayout(selected.length, width);
        for (int row = 0; row < selected.length; row++) {
            layout.copyRow(row, 0, this, selected[row]);
        }
        return layout;
    }

    /** The same tokens, each row's positions moved by so much as an earlier part of its sequence takes. */
    TokenLayout movedBy(int[] offsets) {
        TokenLayout layout = new TokenLayout(rows, width);
        for (int row = 0; row < rows; row++) {
            layout.copyRow(row, 0, this, row);
            for (int column = 0; column < width; column++) {
                layout.positions[row * width + column] += offsets[row];
            }
        }
        return layout;
    }

    /** Whether every row has the same positions, so that one row stands for all where only positions count. */
    boolean hasUniformPositions() {
        for (int row = 1; row < rows; row++) {
            int start = row * width;
            if (!Arrays.equals(positions, 0, width, positions, start, start + width)) {
                return false;
            }
        }
        return true;
    }

    private static TokenLayout padded(List<int[]> sequences, int padId, boolean left) {
        int width = sequences.stream().mapToInt(s -> s.length).max().orElse(0);
        TokenLayout layout = new TokenLayout(sequences.size(), width);
        for (int row = 0; row < sequences.size(); row++) {
            int[] sequence = sequences.get(row);
            int start = left ? width - sequence.length : 0;
            layout.pad(row, 0, start, padId);
            layout.pad(row, layout.putAll(row, start, sequence, 0, TRUNK), width, padId);
        }
        return layout;
    }

    private int putAll(int row, int column, int[] tokens, int firstPosition, int segment) {
        for (int i = 0; i < tokens.length; i++) {
            put(row, column + i, tokens[i], firstPosition + i, segment);
        }
        return column + tokens.length;
    }

    private void pad(int row, int from, int to, int padId) {
        for (int column = from; column < to; column++) {
            // Any position does, as nothing sees padding; the column keeps right-padded rows uniform.
            put(row, column, padId, column, PADDING);
        }
    }

    private void put(int row, int column, int id, int position, int segment) {
        int index = row * width + column;
        ids[index] = id;
        positions[index] = position;
        segments[index] = segment;
    }

    private void copyRow(int row, int column, TokenLayout source, int sourceRow) {
        int to = row * width + column;
        int from = sourceRow * source.width;
        System.arraycopy(source.ids, from, ids, to, source.width);
        System.arraycopy(source.positions, from, positions, to, source.width);
        System.arraycopy(source.segments, from, segments, to, source.width);
    }
}
