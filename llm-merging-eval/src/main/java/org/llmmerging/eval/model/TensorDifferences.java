package org.llmmerging.eval.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Differences between the tensors of a checkpoint and those that its configuration implies, a line each; one that many
 * blocks share is a line in all, for its first block with the others named. Not thread-safe.
 */
final class TensorDifferences {
    /** Blocks that share a difference and still have a line each. */
    private static final int MOST_LISTED = 3;

    private final Set<String> blockPrefixes;
    private final Map<Group, List<Difference>> groups = new LinkedHashMap<>();

    /** @param tensor its name, with a star for the number of its block */
    private record Group(String tensor, String kind) {}

    private record Difference(int block, String line) {}

    /** @param blockPrefixes what comes before the number of a block in the name of a tensor */
    TensorDifferences(Set<String> blockPrefixes) {
        this.blockPrefixes = blockPrefixes;
    }

    /** The number of the block that a tensor belongs to, or -1 when it belongs to none with this prefix. */
    static int block(String tensor, String prefix) {
        int end = tensor.startsWith(prefix) ? tensor.indexOf('.', prefix.length()) : -1;
        if (end < 0) {
            return -1;
        }
        String number = tensor.substring(prefix.length(), end);
        return number.matches("\\d{1,6}") ? Integer.parseInt(number) : -1;
    }

    /** Adds one that other blocks have in the same words. */
    void add(String tensor, String problem) {
        add(tensor, problem, problem);
    }

    /** @param kind what it has in common with that of other blocks */
    void add(String tensor, String kind, String problem) {
        String line = tensor + ": " + problem;
        for (String prefix : blockPrefixes) {
            int block = block(tensor, prefix);
            if (block >= 0) {
                String like = prefix + "*" + tensor.substring(tensor.indexOf('.', prefix.length()));
                add(new Group(like, kind), new Difference(block, line));
                return;
            }
        }
        add(new Group(tensor, kind), new Difference(-1, line));
    }

    private void add(Group group, Difference difference) {
        groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(difference);
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        groups.values().forEach(group -> {
            if (group.size() <= MOST_LISTED) {
                group.forEach(difference -> lines.add(difference.line()));
            } else {
                group.sort(Comparator.comparingInt(Difference::block));
                int[] others = group.stream().skip(1).mapToInt(Difference::block).toArray();
                lines.add(group.getFirst().line() + "; likewise blocks " + ranges(others));
            }
        });
        return lines;
    }

    private static String ranges(int[] sorted) {
        List<String> ranges = new ArrayList<>();
        for (int begin = 0, end; begin < sorted.length; begin = end) {
            end = begin + 1;
            while (end < sorted.length && sorted[end] == sorted[end - 1] + 1) {
                end++;
            }
            ranges.add(sorted[begin] + (end == begin + 1 ? "" : " to " + sorted[end - 1]));
        }
        return String.join(", ", ranges);
    }
}
