package org.llmmerging.eval.task;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Example;
import org.llmmerging.config.Quoting;

/** Turns the rows of one file into examples, and reports those that cannot be evaluated. Not thread-safe. */
final class RowChecker {
    private final RowProblems problems;
    private final Map<String, String> rowOfId = new HashMap<>();

    RowChecker(RowProblems problems) {
        this.problems = problems;
    }

    /** The example that a row holds, or null when it has been reported. */
    @Nullable
    Example check(RawRow row) {
        String id = checkId(row);
        String input = row.input();
        if (input == null || input.isBlank()) {
            report(row, Columns.INPUT, "the prompt is empty; write one or remove the row");
            input = null;
        }
        List<String> choices;
        String given = given(row);
        String target = given;
        if (Columns.GENERATION.equals(row.evalType())) {
            choices = List.of();
        } else if (Columns.MULTIPLE_CHOICE.equals(row.evalType())) {
            choices = checkChoices(row);
            if (choices != null && target != null) {
                target = checkIndex(row, target, choices.size());
            }
        } else {
            report(
                    row,
                    Columns.EVAL_TYPE,
                    "'" + Quoting.shortened(String.valueOf(row.evalType()))
                            + "' is not known; write multiple_choice or generation");
            choices = null;
        }
        boolean lostTarget = target == null && given != null;
        if (id == null || input == null || choices == null || lostTarget) {
            return null;
        }
        return new Example(id, input, target, choices);
    }

    /** The target, or null when it is withheld: absent, empty, or, for an index, what Python writes for nothing. */
    private static @Nullable String given(RawRow row) {
        String target = row.target();
        // "None" may well be the text that a generation row asks for.
        boolean isIndex = Columns.MULTIPLE_CHOICE.equals(row.evalType());
        boolean withheld = target == null || target.isEmpty() || (isIndex && Choices.isNothing(target));
        return withheld ? null : target;
    }

    private @Nullable String checkId(RawRow row) {
        String id = row.id();
        if (id == null || id.isBlank()) {
            report(row, Columns.ID, "there is no id; give every row its own");
            return null;
        }
        String earlier = rowOfId.putIfAbsent(id, row.where());
        if (earlier != null) {
            report(row, Columns.ID,
                    "'" + Quoting.shortened(id) + "' is the id of " + earlier + " too; give every row its own");
            return null;
        }
        return id;
    }

    private @Nullable List<String> checkChoices(RawRow row) {
        Supplier<List<String>> reader = row.choices();
        if (reader == null) {
            report(row, Columns.CHOICES, "a multiple_choice row needs choices; write a list such as ['A', 'B']");
            return null;
        }
        List<String> choices;
        try {
            choices = reader.get();
        } catch (IllegalArgumentException e) {
            report(
                    row,
                    Columns.CHOICES,
                    "this is no list of strings: " + e.getMessage() + "; write a list such as ['A', 'B']");
            return null;
        }
        if (choices.isEmpty()) {
            report(row, Columns.CHOICES, "the list is empty; write a list such as ['A', 'B']");
            return null;
        }
        int empty = choices.indexOf("");
        if (empty >= 0) {
            report(row, Columns.CHOICES, "choice " + empty + " (from 0) is empty; write its text or remove it");
            return null;
        }
        return choices;
    }

    private @Nullable String checkIndex(RawRow row, String target, int size) {
        OptionalInt index = Choices.index(target, size);
        if (index.isEmpty()) {
            report(
                    row,
                    row.targetColumn(),
                    "'" + Quoting.shortened(target) + "' is out of range; write the index of the right one of " + size
                            + " choices, 0 to " + (size - 1));
            return null;
        }
        return Integer.toString(index.getAsInt());
    }

    private void report(RawRow row, String column, String problem) {
        problems.addRow(row.where(), "column " + column + ": " + problem);
    }
}
