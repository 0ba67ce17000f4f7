package org.llmmerging.eval.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
 */
public record Dataset(String name, Path file, String sha256, List<Example> examples) {
    public Dataset {
        examples = List.copyOf(examples);
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
     * @throws DatasetException when the file cannot be read, or with every problem found in it
     */
    public static Dataset read(Path file) {
        TextFile text = TextFile.read(file);
        Problems problems = new Problems(file);
        List<RawRow> rows = text.isJson() ? JsonRows.read(text, problems) : CsvRows.read(text, problems);
        RowChecker checker = new RowChecker(problems);
        List<Example> examples = new ArrayList<>();
        for (RawRow row : rows) {
            Example example = checker.check(row);
            if (example != null) {
                examples.add(example);
            }
        }
        if (examples.isEmpty() && problems.isEmpty()) {
            problems.add("there are no rows; add some");
        }
        problems.throwIfAny();
        return new Dataset(nameOf(file), file, text.sha256(), examples);
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

    /** The first {@code count} rows, or all where there are not as many; the digest stays that of the whole file. */
    public Dataset limit(int count) {
        return new Dataset(name, file, sha256, examples.subList(0, checkLimit(count)));
    }

    /**
     * A random choice of {@code count} rows, or all where there are not as many, in the file's order. The same seed
     * chooses the same rows.
     */
    public Dataset sample(int count, long seed) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, size()).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        List<Example> chosen = order.subList(0, checkLimit(count)).stream()
                .sorted()
                .map(examples::get)
                .toList();
        return new Dataset(name, file, sha256, chosen);
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
