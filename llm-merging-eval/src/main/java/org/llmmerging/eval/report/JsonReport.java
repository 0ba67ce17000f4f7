package org.llmmerging.eval.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.eval.io.JsonText;
import org.llmmerging.eval.task.SkippedRow;
import org.llmmerging.eval.task.SummaryLine;

/**
 * The report for programs:
 * <pre>{
 *   "models": [{"name": "A", "scores": {"quiz": {"accuracy": 0.5}}}, …],
 *   "datasets": [{
 *     "name": "quiz", "file": "quiz.csv", "sha256": "…",
 *     "skipped": [{"place": "row 3 (line 9)", "reason": "…"}],
 *     "rows": [{"id": "0", "place": "row 1 (line 2)", "target": "1",
 *               "answers": {"A": {"prediction": "1", "quality": 1.0}}}, …]
 *   }]
 * }</pre>
 * A model that failed has {@code error}, its message, and no scores. Scores are unrounded. The quality of an answer is
 * 1 or 0 for a right or wrong choice, ROUGE-L F1 for a text, and absent where the target is withheld.
 */
final class JsonReport {
    private JsonReport() {}

    /**
     * @param answering those of the models that have answers
     * @param sets what they answered
     */
    static String text(List<ModelOutcome> models, List<ModelOutcome> answering, List<ComparedSet> sets) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("models", models.stream().map(JsonReport::model).toList());
        report.put("datasets", sets.stream().map(set -> dataset(answering, set)).toList());
        return JsonText.indented(report);
    }

    private static Map<String, Object> model(ModelOutcome model) {
        Map<String, Object> scores = new LinkedHashMap<>();
        model.scores().byDataset().forEach((dataset, metrics) -> {
            Map<String, Object> values = new LinkedHashMap<>();
            metrics.forEach((metric, value) -> values.put(metric, SummaryLine.exact(value)));
            scores.put(dataset, values);
        });
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", model.name());
        entry.put("scores", scores);
        String failure = model.failure();
        if (failure != null) {
            entry.put("error", failure);
        }
        return entry;
    }

    private static Map<String, Object> dataset(List<ModelOutcome> models, ComparedSet set) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", set.dataset().name());
        entry.put("file", String.valueOf(set.dataset().file().getFileName()));
        entry.put("sha256", set.dataset().sha256());
        entry.put("skipped", set.skipped().stream().map(SkippedRow::content).toList());
        entry.put("rows", set.rows().stream().map(row -> row(models, row)).toList());
        return entry;
    }

    private static Map<String, Object> row(List<ModelOutcome> models, ComparedRow row) {
        Map<String, Object> answers = new LinkedHashMap<>();
        for (int i = 0; i < models.size(); i++) {
            Answer answer = row.answers().get(i);
            if (answer != null) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("prediction", answer.text());
                if (answer.quality() != null) {
                    one.put("quality", SummaryLine.exact(answer.quality()));
                }
                answers.put(models.get(i).name(), one);
            }
        }
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("id", row.example().id());
        entry.put("place", row.place());
        String target = row.example().target();
        if (target != null) {
            entry.put("target", target);
        }
        entry.put("answers", answers);
        return entry;
    }
}
