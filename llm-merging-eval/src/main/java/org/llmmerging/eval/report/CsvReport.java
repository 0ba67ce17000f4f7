package org.llmmerging.eval.report;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.DatasetResult;

/**
 * The report for spreadsheets: {@code model,dataset,metric,value,rows,scored,skipped,error}, a line for each figure,
 * unrounded, and one with nothing but the error for a model that failed.
 */
final class CsvReport {
    private CsvReport() {}

    static String text(List<ModelOutcome> models) {
        StringWriter text = new StringWriter();
        try (CsvWriter writer = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text)) {
            writer.writeRecord("model", "dataset", "metric", "value", "rows", "scored", "skipped", "error");
            for (ModelOutcome model : models) {
                model(writer, model);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a string takes any text", e);
        }
        return text.toString();
    }

    private static void model(CsvWriter writer, ModelOutcome model) {
        String failure = model.failure();
        if (failure != null) {
            writer.writeRecord(model.name(), "", "", "", "", "", "", failure);
        }
        Map<String, Dataset> datasets = model.datasets().stream()
                .map(DatasetResult::dataset)
                .collect(Collectors.toMap(Dataset::name, dataset -> dataset));
        model.scores().byDataset().forEach((name, metrics) -> {
            Dataset dataset = datasets.get(name);
            String rows = dataset == null ? "" : String.valueOf(dataset.size());
            String scored = dataset == null ? "" : String.valueOf(dataset.scoredCount());
            String skipped = dataset == null ? "" : String.valueOf(dataset.skipped().size());
            metrics.forEach((metric, value) -> writer.writeRecord(
                    model.name(), name, metric, value.toString(), rows, scored, skipped, ""));
        });
    }
}
