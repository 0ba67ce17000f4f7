package org.llmmerging.eval.task;

import java.util.ArrayList;
import java.util.List;

/**
 * The kit's CSV form: {@code id,input,target,answer_choices,eval_type}. A test set has no {@code target}; a set of
 * generation rows needs no {@code answer_choices}. An empty cell, and what Python writes for nothing, gives no choices.
 */
final class CsvRows {
    private CsvRows() {}

    static List<RawRow> read(TextFile file, RowProblems problems) {
        CsvTable table = CsvTable.read(file, problems);
        boolean choosing = table.rows().stream()
                .anyMatch(row -> Columns.MULTIPLE_CHOICE.equals(table.cell(row, Columns.EVAL_TYPE)));
        List<String> required = new ArrayList<>(List.of(Columns.ID, Columns.INPUT, Columns.EVAL_TYPE));
        if (choosing) {
            required.add(Columns.CHOICES);
        }
        Columns.check(
                table.columns(),
                required,
                List.of(Columns.TARGET, Columns.CHOICES),
                problem -> problems.add("line 1: " + problem));
        if (!table.columns().containsAll(required)) {
            problems.throwIfAny();
        }
        List<RawRow> rows = new ArrayList<>();
        for (CsvFile.Row row : table.rows()) {
            String evalType = table.cell(row, Columns.EVAL_TYPE);
            rows.add(new RawRow(
                    row.where(),
                    table.cell(row, Columns.ID),
                    table.cell(row, Columns.INPUT),
                    table.cell(row, Columns.TARGET),
                    Columns.TARGET,
                    Choices.reader(table.cell(row, Columns.CHOICES)),
                    evalType));
        }
        return rows;
    }
}
