package org.llmmerging.eval.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The page: it needs no other file, no network and no script. */
final class HtmlReport {
    private static final String STYLE = "report.css";

    private HtmlReport() {}

    /**
     * @param answering those of the models that have answers
     * @param sets what they answered
     */
    static String page(List<ModelOutcome> models, List<ModelOutcome> answering, List<ComparedSet> sets) {
        List<Figures> figures = Figures.of(models);
        Html html = new Html();
        html.open("html", "lang", "en").open("head").empty("meta", "charset", "utf-8");
        html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.empty("meta", "name", "color-scheme", "content", "light dark");
        html.element("title", "Evaluation of " + count(models.size(), "model"));
        html.line().style(style()).close().line();
        html.open("body").open("header").element("h1", "Evaluation of " + count(models.size(), "model"));
        html.element("p", summary(models, sets), "class", "note");
        contents(html, figures, sets);
        html.close().open("main").line();
        ScoreTable.write(html, models, figures);
        Charts.write(html, models, figures);
        for (int i = 0; i < sets.size(); i++) {
            SetSection.write(html, answering, sets.get(i), i);
        }
        html.close().close().close();
        return html.document();
    }

    private static void contents(Html html, List<Figures> figures, List<ComparedSet> sets) {
        html.open("nav", "aria-label", "Contents").element("a", "Scores", "href", "#scores");
        if (!figures.isEmpty()) {
            html.element("a", "Charts", "href", "#charts");
        }
        for (int i = 0; i < sets.size(); i++) {
            html.open("a", "href", "#set" + i).text("Rows of ").element("bdi", sets.get(i).dataset().name()).close();
        }
        html.close();
    }

    private static String summary(List<ModelOutcome> models, List<ComparedSet> sets) {
        long failed = models.stream().filter(model -> model.failure() != null).count();
        int rows = sets.stream().mapToInt(set -> set.rows().size()).sum();
        return count(sets.size(), "data set") + ", " + count(rows, "row")
                + (failed == 0 ? "" : "; " + count(failed, "model") + " failed");
    }

    /** A number of things, in words. */
    static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    static String style() {
        try (InputStream in = Objects.requireNonNull(HtmlReport.class.getResourceAsStream(STYLE), STYLE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the kit's own jar is damaged", e);
        }
    }
}
