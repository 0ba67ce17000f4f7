package org.llmmerging.eval.report;

import java.util.List;
import java.util.Locale;

/** A bar chart for each metric: bars of all models from zero on one scale. */
final class Charts {
    private static final double[] STEPS = {0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1};

    private Charts() {}

    static void write(Html html, List<ModelOutcome> models, List<Figures> figures) {
        if (figures.isEmpty()) {
            return;
        }
        html.open("section", "aria-labelledby", "charts").element("h2", "Charts", "id", "charts");
        html.open("div", "class", "charts").line();
        figures.forEach(one -> chart(html, models, one));
        html.close().close().line();
    }

    private static void chart(Html html, List<ModelOutcome> models, Figures figures) {
        double scale = figures.largest() > 0 ? scale(figures.largest()) : 1;
        html.open("figure").open("figcaption");
        html.element("bdi", figures.dataset()).text(" · ").element("strong", figures.metric()).close();
        html.open("ul", "class", "bars").line();
        for (int i = 0; i < models.size(); i++) {
            Double value = figures.values().get(i);
            if (value != null) {
                html.open("li").element("span", models.get(i).name(), "class", "name", "dir", "auto");
                bar(html, value / scale, figures.isBest(value));
                html.element("span", Figures.rounded(value), "class", "value").close().line();
            }
        }
        html.close().open("div", "class", "axis", "aria-hidden", "true");
        html.element("span", "0").element("span", number(scale / 2)).element("span", number(scale));
        html.close().close().line();
    }

    private static void bar(Html html, double share, boolean best) {
        html.open(
                "svg", "class", best ? "bar best" : "bar", "viewBox", "0 0 100 10", "preserveAspectRatio", "none",
                "aria-hidden", "true", "focusable", "false");
        html.open("rect", "class", "track", "width", "100", "height", "10").close();
        html.open("rect", "class", "fill", "width", String.format(Locale.ROOT, "%.2f", 100 * share), "height", "10");
        html.close().close();
    }

    /** The end of the axis: the smallest round number that no bar goes beyond. */
    private static double scale(double largest) {
        for (double step : STEPS) {
            if (largest <= step) {
                return step;
            }
        }
        return Math.max(1, largest);
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.3f", value);
        return text.replaceAll("\\.?0+$", "");
    }
}
