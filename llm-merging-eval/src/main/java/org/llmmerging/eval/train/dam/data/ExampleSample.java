package org.llmmerging.eval.train.dam.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.task.DatasetException;

/**
 * A random choice of a data set's rows in random order, the same for the same seed. Every row draws a number, and those
 * with the smallest are kept in its order, so that no more rows are held than are asked for.
 */
final class ExampleSample {
    private static final int MOST_TOLD = 10;

    private final PriorityQueue<Drawn> kept = new PriorityQueue<>(
            Comparator.comparingLong(Drawn::key).thenComparingLong(Drawn::index).reversed());
    private final List<String> bad = new ArrayList<>();
    private final SplittableRandom random;
    private final int size;
    private final boolean needsAnswers;
    private long read;
    private long badCount;

    private record Drawn(long key, long index, TrainingExample example) {}

    /**
     * @param size most rows that are chosen
     * @param needsAnswers see {@link ExampleColumns#of}
     */
    ExampleSample(int size, long seed, boolean needsAnswers) {
        this.size = size;
        this.random = new SplittableRandom(seed);
        this.needsAnswers = needsAnswers;
    }

    /**
     * Reads a file of the data set.
     *
     * @throws DatasetException when the file is malformed or lacks the columns
     */
    void read(Path file) {
        long before = read + badCount;
        Reading reading = new Reading(file);
        SourceFiles.read(file, reading::accept);
        if (read + badCount == before) {
            throw new DatasetException(file, "there are no rows; add some");
        }
    }

    /** Of one file: where the columns of its rows are, which in JSON may differ from row to row. */
    private final class Reading {
        private final Path file;
        private Set<String> names = Set.of();
        private @Nullable ExampleColumns columns;

        Reading(Path file) {
            this.file = file;
        }

        void accept(SourceRow row) {
            try {
                keep(columns(row.cells().keySet()).read(row));
            } catch (IllegalArgumentException e) {
                badCount++;
                if (bad.size() < MOST_TOLD) {
                    bad.add(file + ": " + row.where() + ": " + e.getMessage());
                }
            }
        }

        /** Without columns that are known the first row is a problem of the file, a later one of its own. */
        private ExampleColumns columns(Set<String> present) {
            ExampleColumns current = columns;
            if (current == null || !names.equals(present)) {
                current = current == null
                        ? ExampleColumns.of(file, present, needsAnswers)
                        : ExampleColumns.of(present, needsAnswers);
                names = Set.copyOf(present);
                columns = current;
            }
            return current;
        }
    }

    private void keep(TrainingExample example) {
        kept.add(new Drawn(random.nextLong(), read++, example));
        if (kept.size() > size) {
            kept.remove();
        }
    }

    /** Number of rows that have a problem, such as an empty prompt, and are not chosen. */
    long badCount() {
        return badCount;
    }

    /** The first of the rows that have a problem, each with file, row and what is wrong. */
    List<String> badRows() {
        return bad;
    }

    /** The chosen rows. */
    List<TrainingExample> examples() {
        return kept.stream()
                .sorted(Comparator.comparingLong(Drawn::key).thenComparingLong(Drawn::index))
                .map(Drawn::example)
                .toList();
    }
}
