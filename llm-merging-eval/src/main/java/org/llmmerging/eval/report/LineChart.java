package org.llmmerging.eval.report;

import java.util.Arrays;
import java.util.Locale;

/** A curve over the steps of a training, with its first, smallest and last value. */
final class LineChart {
    private static final int MOST_POINTS = 400;
    private static final int WIDTH = 400;
    private static final int HEIGHT = 120;

    private LineChart() {}

    /** @param values one for each step; those that are not finite leave a gap */
    static void write(Html html, String name, double[] values) {
        double[] points = means(values);
        double[] finite = Arrays.stream(points).filter(Double::isFinite).toArray();
        if (finite.length == 0) {
            return;
        }
        double least = Arrays.stream(finite).min().orElseThrow();
        double most = Arrays.stream(finite).max().orElseThrow();
        html.open("figure").open("figcaption").element("strong", name);
        html.text(String.format(
                Locale.ROOT, ": from %s to %s", number(finite[0]), number(finite[finite.length - 1])));
        html.close();
        html.open("svg", "class", "line", "viewBox", "0 0 " + WIDTH + " " + HEIGHT, "preserveAspectRatio", "none",
                "role", "img", "aria-label",
                name + " from " + number(finite[0]) + " to " + number(finite[finite.length - 1]));
        html.open("rect", "class", "track", "width", "" + WIDTH, "height", "" + HEIGHT).close();
        html.open("path", "class", "curve", "d", path(points, least, most)).close().close();
        html.open("div", "class", "range", "aria-hidden", "true");
        html.element("span", "least " + number(least)).element("span", "most " + number(most));
        html.element("span", values.length + " steps").close().close().line();
    }

    private static String path(double[] points, double least, double most) {
        StringBuilder path = new StringBuilder();
        double scale = most > least ? 1 / (most - least) : 0;
        boolean drawing = false;
        for (int i = 0; i < points.length; i++) {
            if (!Double.isFinite(points[i])) {
                drawing = false;
                continue;
            }
            double x = points.length == 1 ? 0 : (double) WIDTH * i / (points.length - 1);
            double y = HEIGHT - 4 - (HEIGHT - 8) * (points[i] - least) * scale;
            path.append(String.format(Locale.ROOT, "%s%.1f %.1f", drawing ? "L" : "M", x, y));
            drawing = true;
        }
        return path.toString();
    }

    /** At most so many points, each the mean of as many steps. */
    private static double[] means(double[] values) {
        int perPoint = Math.max(1, Math.ceilDiv(values.length, MOST_POINTS));
        double[] means = new double[Math.ceilDiv(values.length, perPoint)];
        for (int i = 0; i < means.length; i++) {
            int end = Math.min(values.length, (i + 1) * perPoint);
            means[i] = Arrays.stream(values, i * perPoint, end).average().orElse(Double.NaN);
        }
        return means;
    }

    private static String number(double value) {
        double size = Math.abs(value);
        return size != 0 && (size < 0.001 || size >= 10000)
                ? String.format(Locale.ROOT, "%.2e", value)
                : String.format(Locale.ROOT, "%.4f", value);
    }
}
