package org.llmmerging.eval.report;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.SkippedRow;

/** What the page says of one data set: where it comes from, what was left out, and its rows. */
final class SetSection {
    /** More would make a page that browsers open slowly; the prediction files have all. */
    private static final int MOST_CHOICE_ROWS = 1000;

    private static final int MOST_TEXT_ROWS = 200;

    private SetSection() {}

    static void write(Html html, List<ModelOutcome> models, ComparedSet set, int number) {
        Dataset dataset = set.dataset();
        String id = "set" + number;
        html.open("section", "aria-labelledby", id);
        html.open("h2", "id", id).text("Rows of ").element("bdi", dataset.name()).close();
        html.open("p", "class", "note").element("bdi", String.valueOf(dataset.file().getFileName()));
        html.text(", " + HtmlReport.count(set.rows().size(), "row") + ", SHA-256 ").element("code", dataset.sha256())
                .close();
        skipped(html, set.skipped());
        List<ComparedRow> choices = set.rows().stream().filter(row -> row.example().isMultipleChoice()).toList();
        List<ComparedRow> texts = set.rows().stream().filter(row -> !row.example().isMultipleChoice()).toList();
        if (models.size() > 1) {
            long differing = set.rows().stream().filter(ComparedRow::differs).count();
            html.empty("input", "type", "checkbox", "id", id + "differs", "class", "filter");
            html.element(
                    "label",
                    "Only the " + HtmlReport.count(differing, "row") + " that the models answer differently",
                    "for",
                    id + "differs").line();
        }
        html.open("div", "class", "rows").line();
        if (!choices.isEmpty()) {
            ChoiceRows.write(html, dataset.name(), models, shown(html, choices, MOST_CHOICE_ROWS));
        }
        if (!texts.isEmpty()) {
            TextRows.write(html, models, shown(html, texts, MOST_TEXT_ROWS));
        }
        html.close().close().line();
    }

    private static void skipped(Html html, List<SkippedRow> skipped) {
        if (!skipped.isEmpty()) {
            html.open("details", "class", "skipped").element("summary",
                    HtmlReport.count(skipped.size(), "row") + " skipped");
            html.open("ul");
            skipped.forEach(row -> html.element("li", row.place() + ": " + row.reason(), "dir", "auto"));
            html.close().close().line();
        }
    }

    /** The rows to show, those that the models answer differently before others when there is no room for all. */
    private static List<ComparedRow> shown(Html html, List<ComparedRow> rows, int most) {
        if (rows.size() <= most) {
            return rows;
        }
        html.element(
                "p",
                "Here are " + most + " of " + rows.size() + " rows, first those that the models answer differently."
                        + " The files under predictions/ have all.",
                "class",
                "note");
        Stream<ComparedRow> byInterest = rows.stream().sorted(Comparator.comparing(row -> !row.differs()));
        return byInterest.limit(most).toList();
    }
}
