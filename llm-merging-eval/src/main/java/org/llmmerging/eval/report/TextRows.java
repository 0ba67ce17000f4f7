package org.llmmerging.eval.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Generation rows: for each its prompt, the reference, and the models' texts side by side. */
final class TextRows {
    private TextRows() {}

    static void write(Html html, List<ModelOutcome> models, List<ComparedRow> rows) {
        html.element("p", "The number beside a model's name is the ROUGE-L F1 of its text.", "class", "note").line();
        for (ComparedRow row : rows) {
            html.open("details", "class", row.differs() ? "text differs" : "text same").open("summary");
            html.element("bdi", row.example().id(), "class", "id").text(" ");
            html.element("span", Excerpt.line(row.example().input()), "dir", "auto").close();
            html.element("p", Excerpt.whole(row.example().input()), "class", "prompt", "dir", "auto");
            html.open("div", "class", "texts").line();
            String target = row.example().target();
            if (target != null) {
                card(html, "Reference", null, target, "card reference");
            }
            for (int i = 0; i < models.size(); i++) {
                Answer answer = row.answers().get(i);
                if (answer != null) {
                    card(html, models.get(i).name(), answer.quality(), answer.text(), "card");
                }
            }
            html.close().close().line();
        }
    }

    private static void card(Html html, String name, @Nullable Double quality, String text, String kind) {
        html.open("div", "class", kind).open("h3").element("span", name, "dir", "auto");
        if (quality != null) {
            html.text(" ").element("span", Figures.rounded(quality), "class", "value");
        }
        html.close();
        if (text.isBlank()) {
            html.element("p", "(empty)", "class", "empty");
        } else {
            html.element("p", Excerpt.whole(text), "dir", "auto");
        }
        html.close().line();
    }
}
