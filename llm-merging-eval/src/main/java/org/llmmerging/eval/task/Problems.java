package org.llmmerging.eval.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one file, so that it is all told at once. Not thread-safe. */
final class Problems {
    private static final int MOST_TOLD = 20;

    private final Path file;
    private final List<String> told = new ArrayList<>();
    private int count;

    Problems(Path file) {
        this.file = file;
    }

    /** @param problem where in the file, what is wrong and the remedy */
    void add(String problem) {
        count++;
        if (told.size() < MOST_TOLD) {
            told.add(problem);
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** @throws DatasetException with every problem, or the first twenty of them and how many more there are */
    void throwIfAny() {
        if (count == 1) {
            throw new DatasetException(file, told.getFirst());
        }
        if (count > 1) {
            String more = count > told.size() ? "\n  and " + (count - told.size()) + " more" : "";
            throw new DatasetException(file, count + " problems\n  " + String.join("\n  ", told) + more);
        }
    }
}
