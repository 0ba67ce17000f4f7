package org.llmmerging.config;

import java.nio.file.Path;

/**
 * Where something stands in a configuration file. Printed as {@code file:line:column}, the form that editors and
 * terminals turn into a link.
 *
 * @param file the configuration file
 * @param line counted from 1, or 0 when the file as a whole is meant
 * @param column counted in characters from 1, or 0 when the file as a whole is meant
 */
public record Position(Path file, int line, int column) implements Comparable<Position> {

    /** The file as a whole, for what no single line is to blame for and for what was built by a program. */
    public static Position of(Path file) {
        return new Position(file, 0, 0);
    }

    /** {@code line 3, column 5}, for a second position in a message that already names the file. */
    public String withinFile() {
        return "line " + line + ", column " + column;
    }

    /** By line and column; positions of different files are ordered by file. */
    @Override
    public int compareTo(Position other) {
        int order = file.compareTo(other.file);
        if (order == 0) {
            order = Integer.compare(line, other.line);
        }
        return order == 0 ? Integer.compare(column, other.column) : order;
    }

    @Override
    public String toString() {
        return line == 0 ? file.toString() : file + ":" + line + ":" + column;
    }
}
