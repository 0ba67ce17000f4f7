package org.llmmerging.eval.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tokens of several sequences laid out in equal rows for one forward pass: which token stands in each column, at which
 * position of its sequence, and in which segment. Immutable.
 *
 * <p>A row is a tree of segments, each seen by itself and by those that grow from it: a trunk and any number of
 * branches that do not see each other, so that all choices of a question share the prompt's work, and prompts their
 * common beginning. Padding is seen by nothing.
 */
public final class TokenLayout {
    /** Fills rows up where nothing else reads the ids: what is no padding does not depend on padding's token. */
    static final int ANY_TOKEN = 0;
    /** Segment of padding. */
    static final int PADDING = -1;
    /** Segment of the trunk, the first of a row; those that grow from it or from one another are 1, 2 and so on. */
    static final int TRUNK = 0;
    /** What a trunk grows from. */
    static final int NO_SEGMENT = -1;

    private static final int[] TRUNK_ONLY = {NO_SEGMENT};

    private final int rows;
    private final int width;
    private final int[] ids;
    private final int[] positions;
    private final int[] segments;
    /** For each row, for each segment, the one that it grows from. */
    private final int[][] parents;

    /**
     * A run of tokens.
     *
     * @param parent index of the segment that it grows from the end of, or {@link #NO_SEGMENT}
     * @param position of its first token
     */
    record Segment(int parent, int position, int[] tokens) {}

    private TokenLayout(int rows, int width) {
        this.rows = rows;
        this.width = width;
        this.ids = new int[rows * width];
        this.positions = new int[rows * width];
        this.segments = new int[rows * width];
        this.parents = new int[rows][];
        Arrays.fill(parents, TRUNK_ONLY);
    }

    /** One sequence a row, ending in the last column. */
    static TokenLayout leftPadded(List<int[]> sequences, int padId) {
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
    static TokenLayout masked(int[][] ids, int[][] mask) {
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
    static TokenLayout branching(List<int[]> trunks, List<List<int[]>> branches, int padId) {
        List<List<Segment>> rows = new ArrayList<>();
        for (int row = 0; row < trunks.size(); row++) {
            int[] trunk = trunks.get(row);
            List<Segment> segments = new ArrayList<>(List.of(new Segment(NO_SEGMENT, 0, trunk)));
            branches.get(row).forEach(branch -> segments.add(new Segment(TRUNK, trunk.length, branch)));
            rows.add(segments);
        }
        return trees(rows, padId);
    }

    /** In each row its segments in order, padded on the right. */
    static TokenLayout trees(List<List<Segment>> rows, int padId) {
        int width = 0;
        for (List<Segment> segments : rows) {
            width = Math.max(
                    width, segments.stream().mapToInt(segment -> segment.tokens().length).sum());
        }
        TokenLayout layout = new TokenLayout(rows.size(), width);
        for (int row = 0; row < rows.size(); row++) {
            List<Segment> segments = rows.get(row);
            layout.parents[row] = segments.stream().mapToInt(Segment::parent).toArray();
            int column = 0;
            for (int i = 0; i < segments.size(); i++) {
                Segment segment = segments.get(i);
                column = layout.putAll(row, column, segment.tokens(), segment.position(), i);
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

    /** Whether a token of {@code segment} sees {@code other}: itself or what it grows from. */
    boolean sees(int row, int segment, int other) {
        int ancestor = segment;
        while (ancestor != other && ancestor != NO_SEGMENT) {
            ancestor = parents[row][ancestor];
        }
        return ancestor == other && other != PADDING;
    }

    /** These columns, then those of {@code other}, whose segments grow as these do. */
    TokenLayout append(TokenLayout other) {
        TokenLayout joined = new TokenLayout(rows, width + other.width);
        for (int row = 0; row < rows; row++) {
            joined.copyRow(row, 0, this, row);
            joined.copyRow(row, width, other, row);
            joined.parents[row] = parents[row].length < other.parents[row].length ? other.parents[row] : parents[row];
        }
        return joined;
    }

    /** These rows, then those of {@code other}, which are as wide. */
    TokenLayout below(TokenLayout other) {
        TokenLayout joined = new TokenLayout(rows + other.rows, width);
        for (int row = 0; row < joined.rows; row++) {
            TokenLayout source = row < rows ? this : other;
            int sourceRow = row < rows ? row : row - rows;
            joined.copyRow(row, 0, source, sourceRow);
            joined.parents[row] = source.parents[sourceRow];
        }
        return joined;
    }

    /** The given rows, in the given order. */
    TokenLayout select(int[] selected) {
        TokenLayout layout = new TokenLayout(selected.length, width);
        for (int row = 0; row < selected.length; row++) {
            layout.copyRow(row, 0, this, selected[row]);
            layout.parents[row] = parents[selected[row]];
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
