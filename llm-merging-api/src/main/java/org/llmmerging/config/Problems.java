package org.llmmerging.config;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects what is wrong with a configuration, so that a user sees everything at once, and what to know of it though
 * nothing is wrong. Not thread-safe.
 *
 * <p>A problem that is found twice at one place, as happens below an alias, is reported once.
 */
public final class Problems {
    private static final int MOST_SHOWN = 100;

    private final Set<Problem> found = new LinkedHashSet<>();
    private final Set<Note> notes = new LinkedHashSet<>();
    private boolean isReadable = true;

    private record Problem(Position position, @Nullable String key, String message) {}

    /**
     * Adds a problem.
     *
     * @param message what is wrong and the remedy, without the position
     */
    public void add(Position position, String message) {
        isReadable = false;
        addApart(position, message);
    }

    /** Adds a problem that leaves what else is there as its author meant it, so that it can be checked as well. */
    public void addApart(Position position, String message) {
        found.add(new Problem(position, null, message));
    }

    /**
     * As {@link #addApart}, of the value of a key or a part of it, such as an item of a list.
     *
     * @param key with those around it, such as {@code parameters.density}: an alias gives other keys the same position
     */
    void addWithin(String key, Position position, String message) {
        found.add(new Problem(position, key, message));
    }

    /**
     * Adds a problem in place of those found in the value of a key: with it corrected, they may be none.
     *
     * @param key with those around it, such as {@code parameters.density}
     */
    public void addInstead(String key, Position position, String message) {
        found.removeIf(each -> key.equals(each.key));
        addApart(position, message);
    }

    /** Adds all problems that others have found. */
    public void addAll(Problems others) {
        isReadable &= others.isReadable;
        found.addAll(others.found);
    }

    /** Adds what the user should know of, a line without its end; once, however often it is found. */
    public void note(String text) {
        notes.add(new Note(null, text));
    }

    /** As {@link #note(String)}, of what stands at a place of the configuration. */
    public void note(Position position, String text) {
        notes.add(new Note(position, text));
    }

    /** What the user should know of, in the order in which it was found. */
    public List<Note> notes() {
        return List.copyOf(notes);
    }

    /** Whether nothing is wrong so far. */
    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** Whether every problem so far was {@linkplain #addApart apart}. */
    public boolean isReadable() {
        return isReadable;
    }

    /** One line for each problem, {@code file:line:column: message}, in the order of the file. */
    public List<String> lines() {
        return found.stream()
                .sorted(Comparator.comparing(Problem::position))
                .map(problem -> line(problem.position, problem.message))
                .distinct() // what a pattern stands for shares its place, and may share what is wrong
                .toList();
    }

    /** A problem as it is shown. A configuration's own text in it may have line ends, and what controls a terminal. */
    public static String line(Position position, String message) {
        return position + ": " + Quoting.onOneLine(message);
    }

    /**
     * Ends the reading when there is a problem.
     *
     * @throws ConfigException with every problem, a line each
     */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw exception(null);
        }
    }

    /** The exception that reports every problem so far and one more that nothing can be read after. */
    ConfigException fatal(Position position, String message, @Nullable Throwable cause) {
        add(position, message);
        return exception(cause);
    }

    /** The exception that reports the {@link #summary}. */
    ConfigException exception(@Nullable Throwable cause) {
        return new ConfigException(summary(), cause);
    }

    /** Every problem, a line each, the first hundred when there are more. */
    public String summary() {
        List<String> lines = lines();
        if (lines.size() <= MOST_SHOWN) {
            return String.join("\n", lines);
        }
        String shown = String.join("\n", lines.subList(0, MOST_SHOWN));
        return shown + "\nand " + (lines.size() - MOST_SHOWN) + " more problems like these";
    }
}
