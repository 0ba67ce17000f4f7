package org.llmmerging.eval.report;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.eval.io.AtomicFiles;

/** The page on a training of merge coefficients. It needs no other file, no network and no script. */
public final class TrainingPage {
    private TrainingPage() {}

    /**
     * What is shown.
     *
     * @param models names of the models, in the order of the coefficients
     * @param curves by name a value for each step
     * @param layers in the order of the model
     */
    public record Training(List<String> models, Map<String, double[]> curves, List<Layer> layers) {}

    /**
     * What multiplies the weights of one tensor.
     *
     * @param coefficients for each model the mean over the columns, the smallest and the largest
     */
    public record Layer(String tensor, List<double[]> coefficients) {}

    /**
     * Writes the page, over an earlier one; it is never half-written.
     *
     * @throws OutputException when it cannot be written
     */
    public static void write(Path file, Training training) {
        AtomicFiles.write(file, page(training));
    }

    static String page(Training training) {
        Html html = new Html();
        html.open("html", "lang", "en").open("head").empty("meta", "charset", "utf-8");
        html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.empty("meta", "name", "color-scheme", "content", "light dark");
        html.element("title", "Training of merge coefficients");
        html.line().style(HtmlReport.style()).close().line();
        html.open("body").open("header").element("h1", "Training of merge coefficients");
        int steps = training.curves().values().stream().mapToInt(values -> values.length).max().orElse(0);
        html.element("p", steps + " steps, " + training.models().size() + " models, " + training.layers().size()
                + " tensors with coefficients", "class", "note");
        html.open("nav", "aria-label", "Contents").element("a", "Curves", "href", "#curves");
        html.element("a", "Coefficients", "href", "#coefficients").close().close().open("main").line();
        html.open("section", "aria-labelledby", "curves").element("h2", "Curves", "id", "curves");
        html.open("div", "class", "charts").line();
        training.curves().forEach((name, values) -> LineChart.write(html, name, values));
        html.close().close().line();
        coefficients(html, training);
        html.close().close().close();
        return html.document();
    }

    private static void coefficients(Html html, Training training) {
        double middle = 1.0 / Math.max(1, training.models().size());
        double farthest = training.layers().stream()
                .flatMap(layer -> layer.coefficients().stream())
                .mapToDouble(figures -> Math.abs(figures[0] - middle))
                .max()
                .orElse(0);
        html.open("section", "aria-labelledby", "coefficients");
        html.element("h2", "Coefficients", "id", "coefficients");
        html.element("p", "The mean over the input columns of what multiplies each model's weights, and below it the"
                + " smallest and the largest. Blue is above 1/" + training.models().size() + " = " + number(middle)
                + ", red below; the strongest colour is " + number(farthest) + " away.", "class", "note");
        html.open("div", "class", "scroll tall").open("table", "class", "heat").open("thead").open("tr");
        html.element("th", "Tensor", "scope", "col");
        training.models().forEach(model -> html.element("th", model, "scope", "col", "dir", "auto"));
        html.close().close().open("tbody").line();
        for (Layer layer : training.layers()) {
            html.open("tr").element("th", layer.tensor(), "scope", "row");
            for (double[] figures : layer.coefficients()) {
                double share = farthest == 0 ? 0 : (figures[0] - middle) / farthest;
                html.open("td", "class", "number", "style", colour(share)).text(number(figures[0]));
                html.element("small", number(figures[1]) + " … " + number(figures[2])).close();
            }
            html.close().line();
        }
        html.close().close().close().close().line();
    }

    /** Transparent enough that text on it keeps its contrast in light and in dark. */
    private static String colour(double share) {
        String rgb = share < 0 ? "214, 90, 70" : "70, 130, 214";
        return String.format(Locale.ROOT, "background: rgba(%s, %.3f)", rgb, 0.55 * Math.min(1, Math.abs(share)));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
