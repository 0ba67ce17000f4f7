package org.llmmerging.eval.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.llmmerging.Example;

/**
 * An evaluation set, read whole and checked. Immutable and thread-safe.
 *
 * @param name the file's name without its extension; scores are reported under it
 * @param file where it was read from
 * @param sha256 digest of the file's bytes, in lower-case hexadecimal
 * @param examples the rows in the file's order, at least one, with different ids
 * @param places where each of them stands, such as {@code row 3 (line 9)}, for messages
 * @param skipped rows that were left out because they cannot be evaluated
 */
public record Dataset(
        String name,
        Path file,
        String sha256,
        List<Example> examples,
        List<String> places,
        List<SkippedRow> skipped) {

    public Dataset {
        examples = List.copyOf(examples);
        places = List.copyOf(places);
        skipped = List.copyOf(skipped);
    }

    /** A set that was not read from a file, its rows counted from 1. */
    public Dataset(String name, Path file, String sha256, List<Example> examples) {
        this(
                name,
                file,
                sha256,
                examples,
                IntStream.rangeClosed(1, examples.size()).mapToObj(number -> "row " + number).toList(),
                List.of());
    }

    /** Reads a set and checks every row, each of which must be sound: see {@link #read(Path, boolean)}. */
    public static Dataset read(Path file) {
        return read(file, false);
    }

    /**
     * Reads a set and checks every row. The name's ending says how: {@code .jsonl} and {@code .json} are JSON, one
     * object to a line or an array of objects; anything else is CSV in UTF-8 with the header
     * {@code id,input,target,answer_choices,eval_type} in any order.
     *
     * <p>{@code eval_type} is {@code multiple_choice}, whose {@code answer_choices} is a Python list of strings and
     * whose {@code target} is the index of the right one from 0, or {@code generation}, whose {@code target} is the
     * reference text and whose choices are ignored. A target that is empty or absent is withheld: the row is predicted
     * and not scored. Other columns are ignored.
     *
     * @param skipBadRows whether rows that cannot be used are left out and listed in {@link #skipped()}; otherwise they
     *     are errors
     * @throws DatasetException when the file cannot be read, or with every problem found in it, or when no row is left
     */
    public static Dataset read(Path file, boolean skipBadRows) {
        TextFile text = TextFile.read(file);
        RowProblems problems = new RowProblems(file, skipBadRows);
        List<RawRow> rows = text.isJson() ? JsonRows.read(text, problems) : CsvRows.read(text, problems);
        RowChecker checker = new RowChecker(problems);
        List<Example> examples = new ArrayList<>();
        List<String> places = new ArrayList<>();
        for (RawRow row : rows) {
            Example example = checker.check(row);
            if (example != null) {
                examples.add(example);
                places.add(row.where());
            }
        }
        List<SkippedRow> skipped = problems.skipped();
        if (examples.isEmpty() && problems.isEmpty()) {
            problems.add(skipped.isEmpty() ? "there are no rows; add some" : noneLeft(skipped));
        }
        problems.throwIfAny();
        return new Dataset(nameOf(file), file, text.sha256(), examples, places, skipped);
    }

    /** Number of rows. */
    public int size() {
        return examples.size();
    }

    /** Number of rows that choose among answers; the others generate text. */
    public int multipleChoiceCount() {
        return (int) examples.stream().filter(Example::isMultipleChoice).count();
    }

    /** Number of rows whose target is known. */
    public int scoredCount() {
        return (int) examples.stream().filter(row -> row.target() != null).count();
    }

    /**
     * This set without some of its rows, which are listed in {@link #skipped()} then.
     *
     * @param reasons why, by id
     * @throws DatasetException when no row is left
     */
    Dataset without(Map<String, String> reasons) {
        List<SkippedRow> left = new ArrayList<>(skipped);
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            String reason = reasons.get(examples.get(i).id());
            if (reason == null) {
                kept.add(i);
            } else {
                left.add(new SkippedRow(places.get(i), reason));
            }
        }
        if (kept.isEmpty()) {
            throw new DatasetException(file, noneLeft(left));
        }
        return new Dataset(name, file, sha256, examples, places, left).rows(kept);
    }

    /** The first {@code count} rows, or all where there are not as many; the digest stays that of the whole file. */
    public Dataset limit(int count) {
        return rows(IntStream.range(0, checkLimit(count)).boxed().toList());
    }

    /**
     * A random choice of {@code count} rows, or all where there are not as many, in the file's order. The same seed
     * chooses the same rows.
     */
    public Dataset sample(int count, long seed) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, size()).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        return rows(order.subList(0, checkLimit(count)).stream().sorted().toList());
    }

    private Dataset rows(List<Integer> indices) {
        return new Dataset(
                name,
                file,
                sha256,
                indices.stream().map(examples::get).toList(),
                indices.stream().map(places::get).toList(),
                skipped);
    }

    private static String noneLeft(List<SkippedRow> skipped) {
        SkippedRow first = skipped.getFirst();
        return "every row has a problem; the first: " + first.place() + ", " + first.reason();
    }

    private int checkLimit(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a limit of " + count + " rows; it must be at least 1");
        }
        return Math.min(count, size());
    }

    private static String nameOf(Path file) {
        Path last = file.getFileName();
        String name = last == null ? "" : last.toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
