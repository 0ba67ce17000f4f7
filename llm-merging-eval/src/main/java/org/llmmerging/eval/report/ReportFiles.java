package org.llmmerging.eval.report;

import java.nio.file.Path;
import java.util.List;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.eval.io.AtomicFiles;

/** The files of a report: {@value #PAGE} for people, {@value #JSON} and {@value #CSV} for programs. */
public final class ReportFiles {
    /** The page. It refers to nothing outside itself. */
    public static final String PAGE = "report.html";

    /** All figures and answers, see {@code docs/reference/evaluation.md}. */
    public static final String JSON = "report.json";

    /** All figures. */
    public static final String CSV = "report.csv";

    private ReportFiles() {}

    /**
     * Writes the report, over an earlier one. No file is ever half-written.
     *
     * @param folder made when missing
     * @param models in the order in which they are shown, with different names
     * @throws OutputException when a file cannot be written
     */
    public static void write(Path folder, List<ModelOutcome> models) {
        // Of the models that answered: a failed one has no column.
        List<ModelOutcome> answering = models.stream().filter(model -> !model.datasets().isEmpty()).toList();
        List<ComparedSet> sets = ComparedSet.of(answering);
        AtomicFiles.write(folder.resolve(JSON), JsonReport.text(models, answering, sets));
        AtomicFiles.write(folder.resolve(CSV), CsvReport.text(models));
        AtomicFiles.write(folder.resolve(PAGE), HtmlReport.page(models, answering, sets));
    }
}
