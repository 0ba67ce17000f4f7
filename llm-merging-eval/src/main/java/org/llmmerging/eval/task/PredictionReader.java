package org.llmmerging.eval.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Example;
import org.llmmerging.config.Quoting;

/** Reads a predictions file and puts its lines in the order of a data set. */
final class PredictionReader {
    private final RowProblems problems;
    private final Map<String, Line> lines = new LinkedHashMap<>();

    private PredictionReader(RowProblems problems) {
        this.problems = problems;
    }

    private record Line(String where, String prediction) {}

    static List<Prediction> read(Path path, Dataset dataset) {
        TextFile file = TextFile.read(path);
        RowProblems problems = new RowProblems(path);
        PredictionReader reader = new PredictionReader(problems);
        if (file.isJson()) {
            reader.readJson(file);
        } else {
            reader.readCsv(file);
        }
        List<Prediction> predictions = reader.arrange(dataset);
        problems.throwIfAny();
        return predictions;
    }

    private void readJson(TextFile file) {
        for (JsonItem item : JsonRows.items(file, problems)) {
            List<String> wrong = new ArrayList<>();
            String id = item.text(Columns.ID, wrong::add);
            String prediction = item.text(Columns.PREDICTION, wrong::add);
            if (wrong.isEmpty()) {
                add(item.where(), id, prediction);
            }
            wrong.forEach(problem -> problems.addRow(item.where(), problem));
        }
    }

    private void readCsv(TextFile file) {
        CsvTable table = CsvTable.read(file, problems);
        Columns.check(
                table.columns(),
                List.of(Columns.ID, Columns.PREDICTION),
                List.of(),
                problem -> problems.add("line 1: " + problem));
        problems.throwIfAny();
        for (CsvFile.Row row : table.rows()) {
            add(row.where(), table.cell(row, Columns.ID), table.cell(row, Columns.PREDICTION));
        }
    }

    private void add(String where, @Nullable String id, @Nullable String prediction) {
        if (id == null) {
            problems.add(where + ": id is missing; each line needs id and prediction");
        } else if (prediction == null) {
            problems.add(where + ": prediction is missing; each line needs id and prediction");
        } else {
            Line earlier = lines.putIfAbsent(id, new Line(where, prediction));
            if (earlier != null) {
                problems.add(where + ", column id: '" + Quoting.shortened(id) + "' is the id of " + earlier.where()
                        + " too; keep one of them");
            }
        }
    }

    private List<Prediction> arrange(Dataset dataset) {
        Map<String, Line> unused = new HashMap<>(lines);
        List<Prediction> predictions = new ArrayList<>();
        for (Example row : dataset.examples()) {
            Line line = unused.remove(row.id());
            if (line == null) {
                problems.add("there is no prediction for id '" + Quoting.shortened(row.id()) + "' of " + dataset.file()
                        + "; add a line for it");
            } else {
                String text = row.isMultipleChoice() ? choice(line, row) : line.prediction();
                predictions.add(Prediction.ofText(row.id(), text));
            }
        }
        lines.forEach((id, line) -> {
            if (unused.containsKey(id)) {
                problems.add(line.where() + ", column id: '" + Quoting.shortened(id) + "' is no row of "
                        + dataset.file() + "; remove the line, or score against its own data set");
            }
        });
        return predictions;
    }

    private String choice(Line line, Example row) {
        int size = row.choices().size();
        OptionalInt index = Choices.index(line.prediction(), size);
        if (index.isEmpty()) {
            problems.add(line.where() + ", column prediction: '" + Quoting.shortened(line.prediction())
                    + "' is out of range; write the index of one of " + size + " choices, 0 to " + (size - 1));
            return "";
        }
        return Integer.toString(index.getAsInt());
    }
}
