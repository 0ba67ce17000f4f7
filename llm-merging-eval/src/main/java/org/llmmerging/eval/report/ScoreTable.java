package org.llmmerging.eval.report;

import java.util.List;

/** The table of all models and all figures. */
final class ScoreTable {
    private ScoreTable() {}

    static void write(Html html, List<ModelOutcome> models, List<Figures> figures) {
        html.open("section", "aria-labelledby", "scores").element("h2", "Scores", "id", "scores");
        html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-labelledby", "scores");
        html.open("table", "class", "scores");
        html.element("caption", (models.size() > 1 ? "The best of each column is marked ★. " : "")
                + "Figures lie between 0 and 1; higher is better.");
        head(html, figures);
        html.open("tbody").line();
        for (int model = 0; model < models.size(); model++) {
            row(html, models.get(model), model, figures);
        }
        html.close().close().close().close().line();
    }

    private static void head(Html html, List<Figures> figures) {
        html.open("thead").open("tr").element("th", "Model", "scope", "col", "rowspan", "2");
        for (int i = 0; i < figures.size();) {
            String dataset = figures.get(i).dataset();
            int metrics = (int) figures.stream().filter(one -> one.dataset().equals(dataset)).count();
            html.element("th", dataset, "scope", "colgroup", "colspan", String.valueOf(metrics), "dir", "auto");
            i += metrics;
        }
        html.close().open("tr");
        figures.forEach(one -> html.element("th", one.metric(), "scope", "col", "class", "number"));
        html.close().close().line();
    }

    private static void row(Html html, ModelOutcome model, int index, List<Figures> figures) {
        html.open("tr").element("th", model.name(), "scope", "row", "dir", "auto");
        String failure = model.failure();
        if (failure != null) {
            html.open("td", "class", "failure", "colspan", String.valueOf(Math.max(1, figures.size())));
            html.element("strong", "Failed: ").element("span", failure, "dir", "auto").close();
        } else {
            for (Figures one : figures) {
                Double value = one.values().get(index);
                boolean best = one.isBest(value);
                html.open("td", "class", best ? "number best" : "number");
                html.text(value == null ? "–" : Figures.rounded(value));
                html.close();
            }
        }
        html.close().line();
    }
}
