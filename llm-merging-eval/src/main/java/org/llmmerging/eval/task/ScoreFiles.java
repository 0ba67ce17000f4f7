package org.llmmerging.eval.task;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.eval.io.AtomicFiles;
import org.llmmerging.eval.io.JsonText;

/**
 * The files that keep the figures of a run.
 *
 * <p>{@code scores.json} has, for each set, the figures rounded as in {@link SummaryLine}, and beside them under
 * {@code _details} what they were computed from:
 * <pre>{
 *   "cosmos_qa": {"accuracy": 0.22},
 *   "_details": {
 *     "cosmos_qa": {
 *       "file": "cosmos_qa.csv",          name of the data file
 *       "sha256": "9f86d0…",              of the data file's bytes
 *       "rows": 500,
 *       "multiple_choice": 500,
 *       "generation": 0,
 *       "scored": 500,                    rows whose target is known
 *       "skipped": 1,                     rows left out because they cannot be evaluated; not in "rows"
 *       "skipped_rows": [{"place": "row 3 (line 9)", "reason": "…"}],
 *       "unrounded": {"accuracy": 0.2199…}
 *     }
 *   }
 * }</pre>
 * {@code scores.jsonl} has the summary line of every run, the newest last.
 */
public final class ScoreFiles {
    /** The key of {@code scores.json} that is no data set. */
    public static final String DETAILS = "_details";

    private ScoreFiles() {}

    /**
     * Writes {@code scores.json} and adds a line to {@code scores.jsonl}.
     *
     * @param folder the run's folder; made when missing
     * @throws OutputException when a file cannot be written
     */
    public static void write(Path folder, EvaluationResult result) {
        Map<String, Object> content = new LinkedHashMap<>(SummaryLine.rounded(result.scores()));
        Map<String, Object> details = new LinkedHashMap<>();
        result.datasets().forEach(one -> details.put(one.dataset().name(), details(one)));
        content.put(DETAILS, details);
        AtomicFiles.appendLine(folder.resolve("scores.jsonl"), SummaryLine.of(result.scores()));
        AtomicFiles.write(folder.resolve("scores.json"), JsonText.indented(content));
    }

    private static Map<String, Object> details(DatasetResult result) {
        Dataset dataset = result.dataset();
        Map<String, JsonNode> unrounded = new LinkedHashMap<>();
        result.metrics().forEach((metric, value) -> unrounded.put(metric, SummaryLine.exact(value)));
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("file", String.valueOf(dataset.file().getFileName()));
        details.put("sha256", dataset.sha256());
        details.put("rows", dataset.size());
        details.put("multiple_choice", dataset.multipleChoiceCount());
        details.put("generation", dataset.size() - dataset.multipleChoiceCount());
        details.put("scored", dataset.scoredCount());
        details.put("skipped", dataset.skipped().size());
        if (!dataset.skipped().isEmpty()) {
            details.put("skipped_rows", dataset.skipped().stream().map(SkippedRow::content).toList());
        }
        details.put("unrounded", unrounded);
        return details;
    }
}
