package org.llmmerging.eval.report;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Example;

/** Multiple-choice rows: a table of rows by models, right or wrong in each cell, the choices of a row on demand. */
final class ChoiceRows {
    private ChoiceRows() {}

    static void write(Html html, String dataset, List<ModelOutcome> models, List<ComparedRow> rows) {
        html.open("div", "class", "scroll tall", "tabindex", "0", "role", "region", "aria-label",
                dataset + ", choices");
        html.open("table", "class", models.size() > 6 ? "choices many" : "choices");
        html.element("caption",
                "✓ right, ✗ wrong, followed by the choice's number from 0. Open a row for its choices.");
        html.open("thead").open("tr").element("th", "Row", "scope", "col").element("th", "Right", "scope", "col");
        for (ModelOutcome model : models) {
            html.open("th", "scope", "col", "class", "model").element("span", model.name(), "dir", "auto").close();
        }
        html.close().close().open("tbody").line();
        rows.forEach(row -> row(html, models, row));
        html.close().close().close().line();
    }

    private static void row(Html html, List<ModelOutcome> models, ComparedRow row) {
        html.open("tr", "class", row.differs() ? "differs" : "same").open("th", "scope", "row");
        html.open("details").open("summary").element("bdi", row.example().id(), "class", "id").text(" ");
        html.element("span", Excerpt.line(row.example().input()), "dir", "auto").close();
        html.element("p", Excerpt.whole(row.example().input()), "class", "prompt", "dir", "auto");
        choices(html, models, row);
        html.close().close();
        boolean known = row.example().target() != null;
        html.element("td", known ? row.right() + "/" + row.answered() : "–", "class", "number");
        row.answers().forEach(answer -> cell(html, answer, known));
        html.close().line();
    }

    private static void choices(Html html, List<ModelOutcome> models, ComparedRow row) {
        Example example = row.example();
        html.open("ol", "class", "options", "start", "0");
        for (int i = 0; i < example.choices().size(); i++) {
            String index = String.valueOf(i);
            html.open("li", "class", index.equals(example.target()) ? "target" : "");
            html.element("span", example.choices().get(i), "dir", "auto");
            if (index.equals(example.target())) {
                html.element("strong", " ✓ right");
            }
            List<String> choosers = IntStream.range(0, models.size())
                    .filter(model -> isChoice(row.answers().get(model), index))
                    .mapToObj(model -> models.get(model).name())
                    .toList();
            if (!choosers.isEmpty()) {
                html.element(
                        "span",
                        " — " + choosers.size() + ": " + choosers.stream().collect(Collectors.joining(", ")),
                        "class",
                        "choosers");
            }
            html.close();
        }
        html.close();
    }

    private static boolean isChoice(@Nullable Answer answer, String index) {
        return answer != null && Objects.equals(answer.text(), index);
    }

    private static void cell(Html html, @Nullable Answer answer, boolean known) {
        if (answer == null) {
            html.element("td", "–", "class", "none");
        } else if (!known) {
            html.element("td", answer.text(), "class", "none");
        } else {
            html.open("td", "class", answer.isRight() ? "right" : "wrong");
            html.text(answer.isRight() ? "✓" : "✗").element("small", answer.text()).close();
        }
    }
}
