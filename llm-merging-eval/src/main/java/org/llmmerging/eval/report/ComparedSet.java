package org.llmmerging.eval.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Example;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.DatasetResult;
import org.llmmerging.eval.task.SkippedRow;

/**
 * One data set as all models answered it.
 *
 * @param dataset as the first model that was scored on it was given it
 * @param rows every row that some model answered
 * @param skipped rows that were left out, for all models or for some
 */
record ComparedSet(Dataset dataset, List<ComparedRow> rows, List<SkippedRow> skipped) {

    /** The sets of all models, in the order in which they first occur. */
    static List<ComparedSet> of(List<ModelOutcome> models) {
        Map<String, Builder> sets = new LinkedHashMap<>();
        for (int model = 0; model < models.size(); model++) {
            for (DatasetResult result : models.get(model).datasets()) {
                Dataset dataset = result.dataset();
                sets.computeIfAbsent(dataset.name(), name -> new Builder(dataset, models.size())).add(model, result);
            }
        }
        return sets.values().stream().map(Builder::build).toList();
    }

    private static final class Builder {
        private final Dataset dataset;
        private final int models;
        private final Map<String, ComparedRow> rows = new LinkedHashMap<>();
        private final Map<String, SkippedRow> skipped = new LinkedHashMap<>();

        Builder(Dataset dataset, int models) {
            this.dataset = dataset;
            this.models = models;
        }

        void add(int model, DatasetResult result) {
            Map<String, String> places = new HashMap<>();
            for (int i = 0; i < result.dataset().size(); i++) {
                Example example = result.dataset().examples().get(i);
                places.put(example.id(), result.dataset().places().get(i));
                rows.computeIfAbsent(
                        example.id(),
                        id -> new ComparedRow(
                                example,
                                places.getOrDefault(id, ""),
                                new ArrayList<@Nullable Answer>(Collections.nCopies(models, null))))
                        .answers()
                        .set(model, Answer.of(example, result.predictions().get(i)));
            }
            result.dataset().skipped().forEach(row -> skipped.putIfAbsent(row.place(), row));
        }

        ComparedSet build() {
            return new ComparedSet(dataset, List.copyOf(rows.values()), List.copyOf(skipped.values()));
        }
    }
}
