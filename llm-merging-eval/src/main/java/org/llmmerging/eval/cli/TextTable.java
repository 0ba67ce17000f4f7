package org.llmmerging.eval.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns as wide as their longest cell. */
final class TextTable {
    private static final int GAP = 2;

    private final List<String[]> rows = new ArrayList<>();

    /** @param heading the cells of the first row; all others have as many */
    TextTable(String... heading) {
        rows.add(heading);
    }

    void add(String... cells) {
        rows.add(cells);
    }

    void print(PrintWriter out) {
        int[] widths = new int[rows.getFirst().length];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + GAP));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
