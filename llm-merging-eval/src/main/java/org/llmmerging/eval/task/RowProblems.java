package org.llmmerging.eval.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.llmmerging.MergingException;
import org.llmmerging.config.Quoting;

/** Collects what is wrong with one file, so that it is all reported at once. Not thread-safe. */
final class RowProblems implements ProblemListener {
    private static final int MOST_TOLD = 20;

    private final Path file;
    private final boolean skipsRows;
    private final List<SkippedRow> skipped = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private int count;

    RowProblems(Path file) {
        this(file, false);
    }

    /** @param skipsRows whether a row with a problem is left out, so that it is no problem of the file */
    RowProblems(Path file, boolean skipsRows) {
        this.file = file;
        this.skipsRows = skipsRows;
    }

    @Override
    public void add(String problem) {
        count++;
        if (told.size() < MOST_TOLD) {
            told.add(problem);
        }
    }

    @Override
    public void addRow(String place, String problem) {
        if (skipsRows) {
            SkippedRow last = skipped.isEmpty() ? null : skipped.getLast();
            if (last != null && last.place().equals(place)) {
                skipped.removeLast();
                skipped.add(new SkippedRow(place, last.reason() + "; " + problem));
            } else {
                skipped.add(new SkippedRow(place, problem));
            }
        } else {
            add(place + (problem.startsWith("column ") ? ", " : ": ") + problem);
        }
    }

    /** The rows that were left out, each with all its problems. */
    List<SkippedRow> skipped() {
        return skipped;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** @throws DatasetException with every problem, or the first twenty of them and how many more there are */
    void throwIfAny() {
        throwIfAny(DatasetException::new);
    }

    /** As {@link #throwIfAny()}, with an exception of another kind, made of the file and the problems. */
    void throwIfAny(BiFunction<Path, String, ? extends MergingException> kind) {
        if (count == 1) {
            throw kind.apply(file, told.getFirst());
        }
        if (count > 1) {
            throw kind.apply(file, count + " problems" + Quoting.lines(told, count));
        }
    }
}
