package org.llmmerging.config;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects what is wrong with a configuration, so that a user sees everything at once. Not thread-safe.
 *
 * <p>A problem that is found twice at one place, as happens below an alias, is told once.
 */
public final class Problems {
    private static final int MOST_SHOWN = 100;

    private final Set<Problem> found = new LinkedHashSet<>();

    private record Problem(Position position, String message) {
    }

    /** @param message what is wrong and the remedy, without the position */
    public void add(Position position, String message) {
        found.add(new Problem(position, message));
    }

    /** Whether nothing is wrong so far. */
    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** One line for each problem, {@code file:line:column: message}, in the order of the file. */
    public List<String> lines() {
        return found.stream()
                .sorted(Comparator.comparing(Problem::position))
                .map(problem -> problem.position + ": " + problem.message)
                .toList();
    }

    /** @throws ConfigException with every problem, a line each, when there is one */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw exception();
        }
    }

    /** The exception that tells every problem, a line each, the first hundred when there are more. */
    ConfigException exception() {
        List<String> lines = lines();
        if (lines.size() <= MOST_SHOWN) {
            return new ConfigException(String.join("\n", lines));
        }
        String shown = String.join("\n", lines.subList(0, MOST_SHOWN));
        return new ConfigException(shown + "\nand " + (lines.size() - MOST_SHOWN) + " more problems like these");
    }
}
